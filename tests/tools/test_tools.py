import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages.core import settings
from stages.core.errors import UserError
from tests.conftest import ROOT
from tools.experiment import flatten
from tools.preset import read_preset
from tools.results import to_page

PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.yaml"))


def test_nested_values_become_overrides():
    values = {"dataset": "x", "run": {"vectors": ["a", "b"]}, "datasets": {"t": {"label": None, "text": ['a "b"']}}}
    assert list(flatten(values)) == [
        'dataset="x"',
        'run.vectors=["a", "b"]',
        "datasets.t.label=null",
        'datasets.t.text=["a \\"b\\""]',
    ]


def test_an_unknown_preset_names_the_known_ones(monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(UserError, match=r"no preset 'imbd'; did you mean 'imdb'\? allowed: ag_news, imdb"):
        read_preset("imbd")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_right_params(name, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    params = YAML(typ="safe").load((ROOT / "params.yaml").read_text())
    merge(params, read_preset(name))
    path = tmp_path / "params.yaml"
    YAML(typ="safe").dump(params, path)
    assert len(settings.load(path).variants) == 12


def merge(values: dict, changes: dict) -> None:
    for key, change in changes.items():
        if isinstance(change, dict):
            merge(values[key], change)
        else:
            assert key in values
            values[key] = change


@pytest.mark.parametrize("path", sorted((ROOT / "results").glob("*.json")), ids=lambda path: path.stem)
def test_published_pages_say_what_their_figures_say(path: Path):
    record = json.loads(path.read_text())
    assert path.with_suffix(".md").read_text() == to_page(record)
