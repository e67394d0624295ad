import json
import shutil
from pathlib import Path

import pytest

from embedding_bench.artifacts import corpus, leaderboard
from embedding_bench.artifacts.layout import Layout
from embedding_bench.core import timing
from embedding_bench.core.errors import UserError
from embedding_bench.reporting.published import publish_results, to_page
from embedding_bench.settings.complete import Settings, load_settings
from embedding_bench.settings.run import Variant
from tests.conftest import ROOT

TIMED = Variant("words", "random", "frozen", "mean")


@pytest.fixture
def settings() -> Settings:
    return load_settings(ROOT / "params.yaml")


@pytest.fixture
def layout(tmp_path, monkeypatch, settings) -> Layout:
    """A project with a leaderboard, the sizes of its corpus, and the times of one variant."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    layout = Layout()
    for folder in (layout.metrics, layout.corpus):
        folder.mkdir(parents=True)
    shutil.copyfile(Layout(ROOT).leaderboard, layout.leaderboard)
    corpus.write_summary(layout.corpus, {"splits": {"train": {"rows": 2000}, "test": {"rows": 1234}}})
    for variant in settings.run.cells:
        layout.scores(variant).mkdir(parents=True)
        (layout.scores(variant) / "scores.json").write_text(variant.name)
    with timing.timed(f"train@{TIMED.name}", [layout.scores(TIMED)]) as times:
        times["training_seconds"] = 7.5
        times["replicates"] = [{"seconds_per_epoch": [1.0, 2.0]}, {"seconds_per_epoch": [4.5]}]
    return layout


@pytest.mark.parametrize("path", sorted((ROOT / "results").glob("*.json")), ids=lambda path: path.stem)
def test_published_pages_agree_with_their_records(path: Path):
    record = json.loads(path.read_text())
    assert path.with_suffix(".md").read_text() == to_page(record)


def test_a_leaderboard_is_kept_with_its_settings_sizes_page_and_pictures(layout, settings):
    path = publish_results("mine", settings, layout)
    assert path == Path("results/mine")
    record = json.loads(Path("results/mine.json").read_text())
    board = leaderboard.read(layout.leaderboard)
    assert record.items() >= board.plain().items()
    assert record["texts"] == {"train": 2000, "test": 1234}
    assert record["settings"]["training"]["replicates"] == settings.training.replicates
    assert list(record["seconds"]) == [TIMED.name]
    assert record["seconds"][TIMED.name].items() >= {"seconds": 7.5, "seconds_per_epoch": 2.0}.items()
    assert Path("results/mine.md").read_text() == to_page(record)
    assert "Texts: 2,000 train, 1,234 test." in to_page(record)
    assert Path("results/mine-leaderboard.svg").read_text().startswith("<svg")
    assert all(file.name.startswith("mine") for file in Path("results").iterdir())


def test_the_name_is_by_default_that_of_the_dataset(layout, settings):
    assert publish_results(None, settings, layout).name == leaderboard.read(layout.leaderboard).dataset


@pytest.mark.parametrize("name", ["a/b", "../x", "a b", "x.json"])
def test_a_name_that_no_file_can_have_is_refused(layout, settings, name):
    with pytest.raises(UserError, match=r"--name: found '.*'; use letters, digits, - and _"):
        publish_results(name, settings, layout)
    assert not Path("results").exists()
