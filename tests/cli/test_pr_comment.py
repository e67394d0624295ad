import json
import shutil
import subprocess
from pathlib import Path

import pytest

from embedding_bench.core.errors import UserError
from tests.conftest import ROOT


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a committed leaderboard, and a better one in the working tree."""
    (tmp_path / "metrics").mkdir()
    board = tmp_path / "metrics" / "leaderboard.json"
    shutil.copyfile(ROOT / "metrics" / "leaderboard.json", board)
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    values = json.loads(board.read_text())
    values["rows"][0]["accuracy"]["mean"] += 0.01
    board.write_text(json.dumps(values))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_difference_from_another_revision(repository, run):
    comment = run("pr-comment", "HEAD")
    differences = [line.split("|")[-2].strip() for line in comment.splitlines() if line.startswith("| ")][2:]
    assert differences[0] == "+0.0100"
    assert set(differences[1:]) == {"+0.0000"}


def test_a_revision_without_a_leaderboard(repository, run):
    subprocess.run(["git", "rm", "-q", "--cached", "metrics/leaderboard.json"], cwd=repository, check=True)
    identity = ["-c", "user.name=x", "-c", "user.email=x@y"]
    subprocess.run(["git", *identity, "commit", "-qm", "gone"], cwd=repository, check=True)
    assert "There is no leaderboard at HEAD." in run("pr-comment")


def test_an_unknown_revision_is_refused(repository, run):
    with pytest.raises(UserError, match="'nowhere' is no revision"):
        run("pr-comment", "nowhere")
    assert Path("metrics/leaderboard.json").exists()
