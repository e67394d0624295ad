import json
import os
import subprocess
from pathlib import Path
from unittest.mock import Mock

import pytest

from embedding_bench.cli.preset import head_of, list_presets, read_preset
from embedding_bench.cli.results import to_page
from embedding_bench.core.errors import UserError
from embedding_bench.project.experiment import committed, identity, run_experiment
from embedding_bench.project.params_file import change
from embedding_bench.settings.complete import parse_settings
from tests.conftest import ROOT

PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.yaml"))


def test_an_unknown_preset_names_the_known_ones(monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(UserError, match=r"no preset 'imbd'; did you mean 'imdb'\? allowed: .*ag_news, imdb"):
        read_preset("imbd")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_right_params(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert parse_settings(change(Path("params.yaml").read_text(), read_preset(name))).run.variants


def test_presets_are_listed_with_what_they_teach(monkeypatch):
    monkeypatch.chdir(ROOT)
    lines = list_presets()
    assert [line.split()[0] for line in lines] == PRESETS
    assert all(line.endswith((".", "?")) for line in lines)


def test_a_preset_says_what_its_lesson_is_known_to_reach(tmp_path, monkeypatch):
    monkeypatch.setattr("embedding_bench.cli.preset.FOLDER", tmp_path)
    (tmp_path / "known.yaml").write_text("# A lesson.\n# Known to reach: 0.78 (a notebook)\ndataset: sample\n")
    (tmp_path / "new.yaml").write_text("# Another one.\ndataset: sample\nrun: {}\n")
    assert head_of("known") == ("A lesson.", "0.78 (a notebook)")
    assert head_of("new") == ("Another one.", "")


@pytest.mark.parametrize("path", sorted((ROOT / "results").glob("*.json")), ids=lambda path: path.stem)
def test_published_pages_say_what_their_figures_say(path: Path):
    record = json.loads(path.read_text())
    assert path.with_suffix(".md").read_text() == to_page(record)


def test_an_experiment_starts_from_the_committed_params(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in {"GIT_CONFIG_GLOBAL": "none", "GIT_CONFIG_SYSTEM": "none"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("embedding_bench.project.experiment.run_as_it_stands", lambda: None)
    Path("params.yaml").write_text("a: 1  # one\nb: 2\n")
    names = {f"GIT_{role}_{part}": "x@y" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *command], check=True, env=os.environ | names)
    Path("params.yaml").write_text("a: 2\nb: 3\n")
    run_experiment({"a": 5})
    assert Path("params.yaml").read_text() == "a: 5  # one\nb: 2\n"
    assert Path("params.yaml.before-1").read_text() == "a: 2\nb: 3\n"
    Path("params.yaml").write_text("a: 7\n")
    run_experiment({"a": 5})
    assert Path("params.yaml.before-1").read_text() == "a: 2\nb: 3\n"
    assert Path("params.yaml.before-2").read_text() == "a: 7\n"
    assert set(identity()) == set(names)


def test_a_failed_experiment_puts_the_params_back(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("embedding_bench.project.experiment.committed", lambda: "a: 1\n")
    monkeypatch.setattr("embedding_bench.project.experiment.run_as_it_stands", Mock(side_effect=UserError("stopped")))
    Path("params.yaml").write_text("a: 1\n")
    with pytest.raises(UserError):
        run_experiment({"a": 2})
    assert Path("params.yaml").read_text() == "a: 1\n"


def test_a_folder_without_git_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UserError, match="is in no commit of a Git repository here"):
        committed()
