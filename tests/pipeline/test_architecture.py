"""The changes that docs/architecture.md shows are complete: each adds a toy that goes through all stages."""

import os
import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pipeline.conftest import copy_files

PAGE = (ROOT / "docs/architecture.md").read_text()
RECIPES = re.findall(r"^### (.+?)\n.*?^```diff\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TOYS = {
    "An encoder": ("encoders", "first"),
    "A source of vectors": ("vectors", "hash"),
    "A baseline": ("baselines", "uniform"),
}


def apply(recipe: str, root: Path) -> None:
    """Apply a diff whose hunks are found by their lines, each of which must occur once."""
    for part in re.split(r"^--- ", recipe, flags=re.MULTILINE)[1:]:
        head, *hunks = re.split(r"^@@\n", part, flags=re.MULTILINE)
        path = root / re.search(r"[ab]/(\S+)", head)[1]
        text = path.read_text() if path.exists() else ""
        for hunk in hunks:
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] != "+")
            after = "".join(line[1:] or "\n" for line in lines if line[0] != "-")
            assert text.count(before) == 1 or not text, f"{path}:\n{before}"
            text = text.replace(before, after) if text else after
        path.write_text(text)


def test_there_is_a_recipe_for_each_toy():
    assert [title for title, _ in RECIPES] == list(TOYS)


@pytest.mark.parametrize(("title", "recipe"), RECIPES, ids=[title for title, _ in RECIPES])
def test_a_toy_that_is_added_as_shown_goes_through_all_stages(title, recipe, tmp_path):
    copy_files(tmp_path)
    apply(recipe, tmp_path)
    axis, value = TOYS[title]
    code = f"from tests.pipeline.test_axes import run_axis; run_axis({axis!r}, [{value!r}], {str(tmp_path / 'run')!r})"
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    variables |= {"PYTHONPATH": str(tmp_path), "DVC_ROOT": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    checked = [sys.executable, "-m", "ruff", "check", "--quiet", "embedding_bench"]
    subprocess.run(checked, cwd=tmp_path, check=True)


def test_a_recipe_touches_what_the_table_says():
    table = dict(re.findall(r"^\| (an? [^|]+?) \| (.+?) \|$", PAGE, re.MULTILINE))
    for title, recipe in RECIPES:
        touched = re.findall(r"^(?:---|\+\+\+) [ab]/embedding_bench/(\S+)", recipe, re.MULTILINE)
        named = re.findall(r"`([\w/.]+)`", table[title[0].lower() + title[1:]])
        for path in touched:
            assert any(path == name or path.startswith(name.rstrip("/")) for name in named), path
        assert len(touched) == 3
        assert len([file for file, _ in groupby(sorted(touched))]) == 3
