"""Every value of every axis goes through all stages, and its model answers raw text as training did."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embedding_bench.artifacts import exported, leaderboard, model
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.search import VariantSettings, read_baseline, read_trials, read_variant
from embedding_bench.core.errors import UserError
from embedding_bench.models.cell import Config, Inputs, Outputs
from embedding_bench.project.params_file import change
from embedding_bench.project.presets import read_preset
from embedding_bench.search.variant import VariantEntries
from embedding_bench.settings.complete import Settings, parse_settings, settings_used
from embedding_bench.settings.export import Export
from stages.baseline import write_baseline
from stages.compare import compare
from stages.confirm import confirm
from stages.download import download
from stages.embed import embed
from stages.export import export
from stages.intrinsic import intrinsic
from stages.projector import project
from stages.report import report
from stages.search import search
from stages.search_baseline import search_baseline
from stages.select import select
from stages.train import train
from stages.vectorize import vectorize
from stages.vectors import make_vectors
from tests.conftest import ROOT

PARAMS = (ROOT / "params.yaml").read_text()
CATALOGUE = parse_settings(PARAMS)
SAMPLE = {"source": "sample", "seed": 1, "train": 120, "validation": 30, "test": 40, "unlabeled": 200, "noise": 0.03}
AXES: dict[str, list[str]] = {
    "vectorizers": ["words"],
    "vectors": ["random"],
    "tuning": ["finetuned"],
    "encoders": ["mean"],
    "baselines": ["counts"],
}


AXES_OF_ROWS = {"vectorizers": "vectorizer", "vectors": "vectors", "tuning": "tuning", "encoders": "encoder"}


def small(text: str, vectors_file: Path) -> Settings:
    """Shrink the settings to a few seconds; pretrained vectors come from a file of this test."""
    settings = parse_settings(text)
    run = settings.run
    changed = change(
        text,
        {
            **({} if settings.dataset == "table" else {"dataset": "sample", "datasets": {"sample": SAMPLE}}),
            "encoders": {name: {"epochs": 1} for name in run.encoders},
            "tuning": {"frozen": {"control": True}},
            "training": {"replicates": 1, "label_budgets": []},
            "report": {"words": 60, "labelled_words": 20, "method": "pca"},
        },
    )
    for name in run.vectors:
        source: dict[str, Any] = json.loads(settings.vectors[name].model_dump_json())
        if source["source"] == "gensim":
            source = {"source": "file", "path": str(vectors_file)} | {
                key: source[key] for key in ("vocabulary", "fallbacks", "missing")
            }
        else:
            source["dimensions"] = 8
            source |= {key: small for key, small in (("epochs", 1), ("buckets", 100)) if key in source}
        changed = change(changed, {"vectors": {name: None}})
        changed = change(changed, {"vectors": {name: source}})
    return parse_settings(changed)


def run_all(settings: Settings, layout: Layout) -> None:
    """Run the stages as the graph does."""
    run, training, select_by = settings.run, settings.training, settings.compare.select_by
    download(settings.dataset, settings.datasets[settings.dataset], ROOT / settings.input, layout.corpus)
    for name in run.vectorizers:
        vectorize(name, settings.vectorizers[name], layout.corpus, layout.tokens(name))
        for source in run.vectors:
            vectors, embedding = layout.vectors(name, source), layout.embedding(name, source)
            make_vectors(f"vectors@{vectors.name}", settings.vectors[source], layout.tokens(name), vectors)
            embed("embed", settings.vectors[source], settings.vocabulary, layout.tokens(name), vectors, embedding)
    for variant in settings.variants:
        entries = VariantEntries.of(
            settings.encoders[variant.encoder], settings.tuning[variant.tuning], settings.vectors[variant.vectors]
        )
        embedding = layout.embedding(variant.vectorizer, variant.vectors)
        inputs = Inputs(layout.corpus, layout.tokens(variant.vectorizer), embedding)
        search(entries, settings.search, training, select_by, inputs, layout.search(variant.name))
        config = Config(read_variant(layout.settings(variant.name)), training, select_by)
        train("train", config, inputs, Outputs(layout.model(variant), layout.scores(variant)))
    for name in run.baselines:
        search_baseline(settings.baselines[name], settings.search, False, select_by, layout.corpus, layout.search(name))
        baseline = read_baseline(layout.settings(name))
        write_baseline(name, baseline, training, select_by, layout.corpus, layout.baseline(name))
    project(layout, run, 50)
    select(layout, run, select_by)
    confirm(layout, training, select_by, settings.export.members)
    compare(layout, run, training, settings.compare, settings.vectors, settings.tuning)
    intrinsic(run, settings.intrinsic, layout)
    dataset = settings.datasets[settings.dataset]
    report(layout, settings, settings.report, settings_used(settings, dataset, settings.compare), layout.reports)


def write_vectors(folder: Path) -> Path:
    """Write vectors of a few words that the sample corpus and the ten reviews have."""
    rng = np.random.default_rng(0)
    words = ["the", "a", ".", ",", "and", "in", "story", "acting", "good", "dull"]
    lines = [f"{word} {' '.join(f'{x:.4f}' for x in rng.normal(size=6))}\n" for word in words]
    path = folder / "vectors.txt"
    path.write_text("".join(lines))
    return path


@pytest.fixture(autouse=True)
def timings(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))


@pytest.mark.parametrize("axis", AXES)
def test_every_value_of_an_axis_becomes_a_row_and_a_model_that_answers_as_in_training(axis, tmp_path):
    run_axis(axis, list(getattr(CATALOGUE, axis)), tmp_path)


def run_axis(axis: str, values: list[str], root: str | Path) -> None:
    """Run all stages with these values of an axis, and check that each has its row and its model."""
    layout = Layout(Path(root))
    layout.root.mkdir(exist_ok=True)
    settings = small(change(PARAMS, {"run": AXES | {axis: values}}), write_vectors(layout.root))
    run_all(settings, layout)
    board = leaderboard.read(layout.leaderboard)
    assert {v.name for v in settings.variants} | {*settings.run.baselines} == set(board.names)
    assert axis == "baselines" or {getattr(v, AXES_OF_ROWS[axis]) for v in settings.variants} == {*values}
    for variant in settings.variants:  # export itself fails where the answers differ by more than 1e-5
        export(Export(variant=variant.name), layout)
        assert exported.read(layout.export).settings["variant"] == variant.name


@pytest.mark.parametrize("name", ["3_ag_news_own_vocabulary", "7_ten_reviews"])
def test_a_preset_with_other_data_or_vocabulary_goes_through_all_stages(name, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    settings = small(change(PARAMS, read_preset(name)), write_vectors(tmp_path))
    layout = Layout(tmp_path)
    run_all(settings, layout)
    export(Export(), layout)
    board = leaderboard.read(layout.leaderboard)
    assert {v.name for v in settings.variants} | {*settings.run.baselines} == set(board.names)
    assert exported.read(layout.export).settings["variant"] == board.selected.name


def test_settings_that_a_search_chose_are_trained_told_and_exported_by_all_replicates(tmp_path):
    layout = Layout(tmp_path)
    run = {**AXES, "encoders": ["mean", "ngrams"], "vectors": ["random", "ppmi"]}
    changes = {"run": run, "search": {"trials": 2}, "export": {"members": "replicates"}}
    text = change(PARAMS, changes)
    settings = small(text, tmp_path / "none").model_copy(
        update={"training": parse_settings(change(text, {"training": {"replicates": 2, "label_budgets": []}})).training}
    )
    run_all(settings, layout)
    board = leaderboard.read(layout.leaderboard)
    for variant in settings.variants:
        chosen, trials = read_variant(layout.settings(variant.name)), read_trials(layout.search(variant.name))
        _, description = model.read(layout.model(variant))
        assert VariantSettings.parse(description) == chosen
        assert len(trials.trials) == 3
        best = max(trial.scores[0][0] for trial in trials.trials)
        assert trials.trials[trials.best].scores[0][0] >= best - 0.2, "of equals the lowest log loss wins"
        searched = board.row(variant.name).search
        assert searched is not None
        assert searched.trials == 2
    for name in settings.run.baselines:
        assert len(read_trials(layout.search(name)).trials) >= 2, "its small space has the setting of params.yaml, too"
    export(settings.export, layout)
    assert exported.read(layout.export).metrics["replicates"] == [0, 1]
    assert "this model, the average of 2 replicates, reached" in (layout.export / "README.md").read_text()
    assert "Settings of 5 rows are the best of 2 drawn ones" in layout.leaderboard_page.read_text()
    others = [row.name for row in board.rows if row.variant and not row.is_confirmed]
    with pytest.raises(UserError, match=r"export\.members: found 'replicates', but '.*' was not trained anew"):
        export(Export(variant=others[0], members="replicates"), layout)
