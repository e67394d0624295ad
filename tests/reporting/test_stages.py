"""`compare` and `report` on a small project, and `report` again on a machine with other fonts."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from fontTools.ttLib import TTFont

from embedding_bench.artifacts import leaderboard, tables
from embedding_bench.artifacts.layout import Layout
from tests.conftest import ROOT
from tests.reporting.project import DATASET, PRIVATE, copy_project, write_project


def run(stage: str, root: Path, home: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DVC_")}
    environment |= {"PYTHONPATH": str(ROOT), "HOME": str(home)}
    command = [sys.executable, "-m", f"stages.{stage}", "--root", "."]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True, text=True).stdout


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two home folders: an empty one, and one with a font whose only character is private and very wide.

    No font of the machine has that character, so that they differ whatever is installed.
    """
    empty, other = (tmp_path_factory.mktemp(name) for name in ("empty", "other"))
    (other / ".fonts").mkdir()
    font = TTFont(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = "Private"
    for table in font["cmap"].tables:
        table.cmap = {ord(PRIVATE): "M"}
    font["hmtx"]["M"] = (10 * font["head"].unitsPerEm, 0)
    font.save(other / ".fonts" / "Private.ttf")
    return [empty, other]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory, homes: list[Path]) -> Layout:
    folder = tmp_path_factory.mktemp("project")
    layout = write_project(folder)
    assert run("compare", folder, homes[0]).startswith(f"compare: 3 rows on {DATASET}. Use random vectors")
    return layout


@pytest.fixture(scope="module")
def reported(compared: Layout, homes: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Layout]:
    """The project on two machines with different fonts, after `report`."""
    layouts = [copy_project(compared, tmp_path_factory.mktemp("machine") / "project") for _ in homes]
    for layout, home in zip(layouts, homes, strict=True):
        assert run("report", layout.root, home).startswith("report: reports/index.html, a page of ")
    return layouts


def test_compare_writes_all_metrics(compared):
    board = leaderboard.read(compared.leaderboard)
    assert board.selected.variant
    assert len(board.learning) == 1
    assert {row["variant"] for row in tables.read(compared.learning)} == set(board.names)
    assert len(tables.read(compared.curves)) == 4
    assert compared.projector_config.read_text().count("tensor_path") == 2
    assert compared.leaderboard_page.read_text().count("majority") == 1


def test_report_writes_a_page_and_pictures(reported):
    assert set(files(reported[0].report)) == {
        "page.html",
        "pictures/leaderboard.json",
        "pictures/learning.json",
        "pictures/maps/words-random-frozen-mean.json",
        "pictures/maps/words-random-finetuned-mean.json",
    }
    drawn = {f"{name}.{kind}" for name in ("leaderboard", "learning") for kind in ("svg", "png")}
    maps = {"maps/words-random-frozen-mean.svg", "maps/words-random-finetuned-mean.svg"}
    assert set(files(reported[0].reports)) == {"index.html", *drawn, *maps}


def test_fonts_change_drawn_pictures(reported):
    first, second = (files(layout.reports) for layout in reported)
    unchanged = {name for name in first if first[name] == second[name]}
    assert not {name for name in unchanged if name.endswith((".svg", ".png"))}


def test_fonts_do_not_change_what_dvc_hashes(reported):
    first, second = (files(layout.report) for layout in reported)
    assert first == second
