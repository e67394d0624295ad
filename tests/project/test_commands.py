import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedding_bench.project import commands

SCRIPTS = str(Path(sys.executable).parent)


def test_the_exit_code_is_returned():
    assert commands.run("python", "-c", "raise SystemExit(3)", check=False) == 3
    assert commands.run("python", "-c", "") == 0


def test_a_failure_is_raised_if_checked():
    with pytest.raises(subprocess.CalledProcessError):
        commands.run("python", "-c", "raise SystemExit(3)")


def test_programs_are_those_of_this_environment_activated_or_not(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    assert commands.environment()["PATH"] == f"{SCRIPTS}{os.pathsep}/usr/bin"
    monkeypatch.setenv("PATH", f"{SCRIPTS}{os.pathsep}/usr/bin")
    assert commands.environment()["PATH"] == f"{SCRIPTS}{os.pathsep}/usr/bin"
    monkeypatch.setenv("PATH", f"{SCRIPTS}2{os.pathsep}/usr/bin")
    assert commands.environment()["PATH"] == f"{SCRIPTS}{os.pathsep}{SCRIPTS}2{os.pathsep}/usr/bin"


def test_the_repository_of_a_git_hook_is_not_that_of_a_program(tmp_path, monkeypatch):
    hooked, other = tmp_path / "hooked", tmp_path / "other"
    hooked.mkdir()
    for name, value in {"DIR": ".git", "WORK_TREE": ".", "INDEX_FILE": ".git/index", "PREFIX": "sub/"}.items():
        monkeypatch.setenv(f"GIT_{name}", str(hooked / value))
    other.mkdir()
    commands.run("git", "-C", str(other), "init", "--quiet")
    assert (other / ".git").is_dir()
    assert list(hooked.iterdir()) == []
    assert not {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"} & set(commands.environment())
