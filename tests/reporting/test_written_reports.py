"""`reports/` written again: what this run no longer draws goes, what the user put there stays."""

from pathlib import Path

import pytest

from embedding_bench.artifacts import report
from embedding_bench.artifacts.layout import Layout
from embedding_bench.reporting import output
from embedding_bench.reporting.output import write_reports
from embedding_bench.reporting.provenance import versions
from embedding_bench.reporting.vega import VEGA_LITE
from embedding_bench.settings.complete import load_settings
from tests.conftest import ROOT

RUN = load_settings(ROOT / "params.yaml").run
SPEC = {"$schema": VEGA_LITE, "data": {"values": [{"x": 1}]}, "mark": "point"}
PAGE = '<script type="application/json" id="made-data">null</script>'


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    layout = Layout(tmp_path)
    layout.report.mkdir(parents=True)
    report.write(layout.report, PAGE, {"leaderboard": SPEC, "learning": SPEC}, {"one": SPEC, "two": SPEC})
    monkeypatch.setattr(output, "describe_run", lambda layout, run: {"commit": "abc"})
    return layout


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_pictures_of_a_former_run_go_and_other_files_stay(layout):
    write_reports(layout, RUN, layout.reports)
    drawn = {"leaderboard.svg", "leaderboard.png", "learning.svg", "learning.png", "maps/one.svg", "maps/two.svg"}
    assert names(layout.reports) == {"index.html", *drawn}
    mine = {"mine.txt", "mine.svg", "maps/mine.txt"}
    for name in mine:
        (layout.reports / name).touch()
    (layout.report / "pictures/learning.json").unlink()
    (layout.report / "pictures/maps/two.json").unlink()
    assert write_reports(layout, RUN, layout.reports) == layout.reports / "index.html"
    assert names(layout.reports) == {"index.html", "leaderboard.svg", "leaderboard.png", "maps/one.svg", *mine}
    assert '"abc"' in (layout.reports / "index.html").read_text()


def test_a_failure_leaves_the_former_pictures(layout, monkeypatch):
    write_reports(layout, RUN, layout.reports)
    before = names(layout.reports)
    (layout.report / "pictures/learning.json").write_text("{}")
    with pytest.raises(KeyError):
        write_reports(layout, RUN, layout.reports)
    assert names(layout.reports) == before


def test_the_version_of_this_package_is_among_those_of_a_run():
    assert versions()["embedding-bench"]
    assert list(versions())[:2] == ["python", "embedding-bench"]
