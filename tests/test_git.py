import os
import subprocess
from pathlib import Path

import pytest

from embedding_bench.git import code_commit, git, identity

IDENTITY = {f"GIT_{role}_{part}" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """An empty working directory, on a machine without a Git identity."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for name in IDENTITY:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def repository(folder) -> Path:
    """A repository with a commit of two files, one of them code."""
    (folder / "stages").mkdir()
    for name in ("stages/train.py", "notes.txt"):
        (folder / name).touch()
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *command], check=True, env=os.environ | dict.fromkeys(IDENTITY, "x@y"))
    return folder


def test_a_command_that_fails_has_no_output(folder, monkeypatch):
    assert git("--version").startswith("git version")
    assert git("rev-parse", "HEAD") == ""
    monkeypatch.setenv("PATH", str(folder))
    assert git("--version") == ""


def test_outside_a_repository_there_is_no_commit(folder):
    assert code_commit() is None


def test_a_commit_is_marked_where_the_code_was_changed_since(repository):
    commit = git("rev-parse", "HEAD").strip()
    assert len(commit) == 40
    (repository / "notes.txt").write_text("changed")
    assert code_commit() == commit
    (repository / "stages/train.py").write_text("changed")
    assert code_commit() == f"{commit} with changes"


def test_commits_have_an_author_inside_the_block_alone(repository):
    with identity():
        subprocess.run(["git", "commit", "-qm", "y", "--allow-empty"], check=True)
    assert git("log", "-1", "--format=%ae %ce").strip() == "embedding-bench@localhost embedding-bench@localhost"
    assert IDENTITY.isdisjoint(os.environ)


def test_the_author_is_taken_away_after_a_failure(repository):
    with pytest.raises(RuntimeError), identity():
        raise RuntimeError
    assert IDENTITY.isdisjoint(os.environ)


def test_a_configured_author_is_kept(repository):
    subprocess.run(["git", "config", "user.email", "me@example.com"], check=True)
    with identity():
        assert IDENTITY.isdisjoint(os.environ)
