"""What README tells people to type works when pasted."""

import re
import shlex

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
EXPERIMENTS = re.findall(r"^dvc exp run .*$", README, re.MULTILINE)


def test_there_are_examples():
    assert len(EXPERIMENTS) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("command", EXPERIMENTS)
def test_examples_of_experiments_run(finished, command):
    try:
        shown = finished.run(*shlex.split(command)).stdout
        assert "Ran experiment" in shown
    finally:
        finished.run("git", "restore", "params.yaml", "dvc.lock", "metrics")
        finished.run("dvc", "checkout")


def test_every_target_of_make_is_told_by_help(finished):
    targets = set(re.findall(r"^([a-z_-]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(re.findall(r"^  make ([a-z_-]+) ", finished.run("make", "help").stdout, re.MULTILINE))
    assert told == targets


def test_make_targets_of_readme_exist():
    named = set(re.findall(r"`?make ([a-z_-]+)", README))
    assert named <= set(re.findall(r"^([a-z_-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_files_and_folders_of_readme_exist():
    folders = re.findall(r"^  ?([a-z]+/) ", README, re.MULTILINE)
    assert folders
    for folder in folders:
        assert (ROOT / folder).is_dir() or (ROOT / "stages" / folder).is_dir()
