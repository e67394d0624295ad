import json
import os
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages.core import settings
from stages.core.errors import UserError
from tests.conftest import ROOT
from tools.experiment import flatten, identity, start_from_commit
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


def test_an_experiment_starts_from_the_committed_params(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in {"GIT_CONFIG_GLOBAL": "none", "GIT_CONFIG_SYSTEM": "none"}.items():
        monkeypatch.setenv(name, value)
    Path("params.yaml").write_text("a: 1\n")
    names = {f"GIT_{role}_{part}": "x@y" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *command], check=True, env=os.environ | names)
    Path("params.yaml").write_text("a: 2\n")
    start_from_commit()
    assert Path("params.yaml").read_text() == "a: 1\n"
    assert Path("params.yaml.before").read_text() == "a: 2\n"
    assert set(identity()) == set(names)
