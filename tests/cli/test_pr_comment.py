import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from embedding_bench.cli.pr_comment import main
from embedding_bench.core.errors import UserError
from tests.conftest import ROOT


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a committed leaderboard, and a better one in the working tree."""
    (tmp_path / "metrics").mkdir()
    board = tmp_path / "metrics" / "leaderboard.json"
    shutil.copyfile(ROOT / "metrics" / "leaderboard.json", board)
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    found = json.loads(board.read_text())
    found["rows"][0]["accuracy"]["mean"] += 0.01
    board.write_text(json.dumps(found))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def comment(monkeypatch, capsys, revision: str) -> str:
    monkeypatch.setattr(sys, "argv", ["pr_comment", revision])
    main()
    return capsys.readouterr().out


def test_the_difference_from_another_revision(repository, monkeypatch, capsys):
    told = comment(monkeypatch, capsys, "HEAD")
    differences = [line.split("|")[-2].strip() for line in told.splitlines() if line.startswith("| ")][2:]
    assert differences[0] == "+0.0100"
    assert set(differences[1:]) == {"+0.0000"}


def test_a_revision_without_a_leaderboard(repository, monkeypatch, capsys):
    subprocess.run(["git", "rm", "-q", "--cached", "metrics/leaderboard.json"], cwd=repository, check=True)
    identity = ["-c", "user.name=x", "-c", "user.email=x@y"]
    subprocess.run(["git", *identity, "commit", "-qm", "gone"], cwd=repository, check=True)
    assert "No leaderboard stands at HEAD." in comment(monkeypatch, capsys, "HEAD")


def test_an_unknown_revision_is_refused(repository, monkeypatch, capsys):
    with pytest.raises(UserError, match="'nowhere' is no revision"):
        comment(monkeypatch, capsys, "nowhere")
    assert Path("metrics/leaderboard.json").exists()
