import os
import shutil
from pathlib import Path

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.project.check import check_project
from stages.check import check
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A project's root whose `input` is the folder `mine`."""
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "params.yaml").read_text().replace("input: examples/news.csv", "input: mine  ")
    Path("params.yaml").write_text(text)
    Path("mine/ham").mkdir(parents=True)
    Path("mine/ham/1.txt").write_text("text")
    return Path("mine")


def test_the_same_bytes_are_written_whatever_params_say(folder):
    check(Path("data/checked.txt"))
    before = Path("data/checked.txt").read_bytes()
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("replicates: 3", "replicates: 2"))
    check(Path("data/checked.txt"))
    assert Path("data/checked.txt").read_bytes() == before


def test_nothing_is_written_for_a_project_with_a_mistake(folder):
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("replicates: 3", "replicates: 0"))
    with pytest.raises(UserError, match=r"params\.yaml: training\.replicates: found 0"):
        check(Path("data/checked.txt"))
    assert not Path("data/checked.txt").exists()


def test_the_summary_counts_the_rows_of_the_run(folder):
    assert check_project() == (
        "check: 12 variants (2 vectors x 2 tunings x 4 encoders, 4 left out: frozen random vectors) x 3 replicates "
        "and 6 baselines on `sample`"
    )


def test_a_link_to_a_folder_above_is_no_loop(folder):
    (folder / "ham/up").symlink_to("..")
    check_project()


@pytest.mark.parametrize("target", ["nowhere", "loop"])
def test_a_link_that_leads_nowhere_is_named(folder, target):
    (folder / "ham/loop").symlink_to(target)
    with pytest.raises(UserError, match="mine/ham/loop: a link that leads nowhere or to itself; remove it"):
        check_project()


def test_a_missing_input_is_named(folder):
    shutil.rmtree(folder)
    with pytest.raises(UserError, match=r"params\.yaml: input: found 'mine', where there is no file or folder"):
        check_project()


@pytest.mark.parametrize("place", [".", "data"])
def test_the_project_is_no_input_of_its_own(folder, place):
    Path("data").mkdir()
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("input: mine", f"input: {place}"))
    with pytest.raises(UserError, match="which holds the project's own data"):
        check_project()


def test_a_name_that_is_not_utf8_is_refused(folder):
    (folder / "ham" / os.fsdecode(b"caf\xe9.txt")).touch()
    with pytest.raises(UserError, match="a name that is not UTF-8; rename it"):
        check_project()
