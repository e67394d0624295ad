import os
import subprocess
from pathlib import Path
from unittest.mock import Mock

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.project import commands
from embedding_bench.project.experiment import committed_params, run_current, run_experiment
from tests.conftest import ROOT

IDENTITY = {f"GIT_{role}_{part}" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}


@pytest.fixture(autouse=True)
def no_identity(monkeypatch):
    """Hide the Git identity of the machine."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for name in IDENTITY:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path, monkeypatch) -> Path:
    """A repository with a committed params.yaml, in which run_current does nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("embedding_bench.project.experiment.run_current", lambda machines: None)
    Path("params.yaml").write_text("a: 1  # one\nb: 2\n")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *command], check=True, env=os.environ | dict.fromkeys(IDENTITY, "x@y"))
    return tmp_path


def test_an_experiment_starts_from_the_committed_params(repository):
    Path("params.yaml").write_text("a: 2\nb: 3\n")
    run_experiment({"a": 5})
    assert Path("params.yaml").read_text() == "a: 5  # one\nb: 2\n"
    assert Path("params.yaml.before-1").read_text() == "a: 2\nb: 3\n"
    Path("params.yaml").write_text("a: 7\n")
    run_experiment({"a": 5})
    assert Path("params.yaml.before-1").read_text() == "a: 2\nb: 3\n"
    assert Path("params.yaml.before-2").read_text() == "a: 7\n"


def test_params_of_the_same_experiment_are_not_kept_twice(repository):
    run_experiment({"a": 5})
    run_experiment({"a": 5})
    assert not list(repository.glob("params.yaml.before-*"))


def test_dvc_runs_with_an_author_and_its_failure_is_a_mistake(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text((ROOT / "params.yaml").read_text())
    authors = []

    def run(*command: str, check: bool = True) -> int:
        authors.append((command, os.environ.get("GIT_AUTHOR_EMAIL")))
        return 1

    monkeypatch.setattr(commands, "run", run)
    with pytest.raises(UserError, match="the experiment stopped, see above; after the remedy, the same command"):
        run_current()
    assert authors == [(("dvc", "exp", "run"), "embedding-bench@localhost")]


def test_wrong_params_are_refused_before_dvc_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text((ROOT / "params.yaml").read_text().replace("replicates: 3", "replicates: 0"))
    monkeypatch.setattr(commands, "run", lambda *_, **__: pytest.fail("started"))
    with pytest.raises(UserError, match=r"training\.replicates: found 0"):
        run_current()


def test_a_failed_experiment_puts_the_params_back(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("embedding_bench.project.experiment.committed_params", lambda: "a: 1\n")
    monkeypatch.setattr("embedding_bench.project.experiment.run_current", Mock(side_effect=UserError("stopped")))
    Path("params.yaml").write_text("a: 1\n")
    with pytest.raises(UserError, match="stopped"):
        run_experiment({"a": 2})
    assert Path("params.yaml").read_text() == "a: 1\n"


def test_a_folder_without_git_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UserError, match="is in no commit of a Git repository here"):
        committed_params()
