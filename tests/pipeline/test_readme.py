"""README and docs tell people to type what works, and quote what the code prints."""

import re
import shlex
import subprocess

import pytest

from embedding_bench.artifacts import leaderboard
from embedding_bench.artifacts.layout import Layout
from embedding_bench.cli.leaderboard import FURTHER
from embedding_bench.cli.main import COMMANDS, app
from embedding_bench.cli.main import explore as explore_module
from embedding_bench.evaluation.rendering import to_sentence
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
PAGES = {path: path.read_text() for path in [ROOT / "README.md", *ROOT.glob("*/README.md"), *ROOT.glob("docs/*.md")]}
EXPERIMENTS = re.findall(r"^dvc exp run .*$", PAGES[ROOT / "docs/experiments.md"], re.MULTILINE)
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z_-]+):(?!=)", MAKEFILE, re.MULTILINE))


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


def test_make_help_lists_every_target():
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    listed = set(re.findall(r"^  make ([a-z_-]+) ", shown, re.MULTILINE))
    assert listed == TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_and_commands_of_a_page_exist(page):
    named = re.findall(r"(?:^|`|&& )make ([a-z][a-z_-]*)", PAGES[page], re.MULTILINE)
    assert set(named) <= TARGETS
    commands = {name for function, _ in COMMANDS for name in [function.__name__.replace("_", "-")]} | {"explore"}
    used = set(re.findall(r"embedding-bench ([a-z][a-z-]+)", PAGES[page])) - {"explore"}
    assert used <= commands
    questions = {command.name or command.callback.__name__ for command in explore_module.app.registered_commands}
    assert set(re.findall(r"embedding-bench explore ([a-z]+)", PAGES[page])) <= questions
    assert app.info.name == "embedding-bench"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", PAGES[page]) + re.findall(r'src="([^"]+)"', PAGES[page])
    for link in links:
        if "://" not in link:
            assert (page.parent / link).exists(), link


def test_the_tree_of_the_architecture_is_that_of_the_code():
    tree = re.search(r"## Where things are\n\n```\n(.*?)```", PAGES[ROOT / "docs/architecture.md"], re.DOTALL)
    assert tree
    inside = set(re.findall(r"^  ([a-z]+)/ ", tree[1], re.MULTILINE))
    packages = {path.parent.name for path in (ROOT / "embedding_bench").glob("*/__init__.py")}
    assert inside == packages
    for folder in re.findall(r"\b([a-z]+)/", tree[1].split("data/ reports/")[0]):
        assert list(ROOT.glob(f"**/{folder}/"))[:1], folder


def test_readme_shows_what_the_committed_run_says():
    board = leaderboard.read(Layout(ROOT).leaderboard)
    lines = README.splitlines()
    for line in (to_sentence(board), *(pair.sentence for pair in board.learning)):
        assert line in lines
    assert next(line for line in FURTHER.splitlines() if "reports/index.html" in line) in lines
