"""All of `compare` on the artifacts of a small project: each number is computed again from its predictions."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embedding_bench.artifacts import corpus, embedding, leaderboard, scores, tables, tokens
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.artifacts.selection import Ranked, Ranks
from embedding_bench.core.params import Params
from embedding_bench.evaluation.coverage import collect_coverage
from embedding_bench.evaluation.learning_pairs import learning_pairs
from embedding_bench.evaluation.outcomes import Outcome
from embedding_bench.evaluation.statistics import sample
from embedding_bench.settings.compare import COMPARE
from embedding_bench.settings.run import RUN, Run, Variant
from embedding_bench.settings.training import TRAINING
from embedding_bench.settings.tuning import TUNING
from embedding_bench.settings.vectors import VECTORS
from stages.compare import compare
from tests.conftest import ROOT
from tests.reporting.project import write_project

FROZEN, FINETUNED, MAJORITY = "words-random-frozen-mean", "words-random-finetuned-mean", "majority"


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A project after `compare`, anew for each test, so that a mutant meets them all."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    layout = write_project(tmp_path)
    params = Params.read(tmp_path / "params.yaml")
    sections = (params.section(section) for section in (RUN, TRAINING, COMPARE))
    compare(layout, *sections, params.catalogue(VECTORS), params.catalogue(TUNING))
    return layout


@pytest.fixture
def board(layout) -> Leaderboard:
    return leaderboard.read(layout.leaderboard)


@pytest.fixture
def analysis(layout) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(layout.analysis.read_text())
    return found


def run_of(layout: Layout) -> Run:
    return Params.read(layout.root / "params.yaml").section(RUN)


def hits(layout: Layout, name: str, split: str = "test", selecting: bool = False) -> np.ndarray:
    """Right answers of a row [replicates, texts], by default of the replicates that it is measured with."""
    folders = {row: folder for row, _, folder in layout.rows(run_of(layout))}
    folder = folders[name] if selecting or name == MAJORITY else layout.confirmed_scores(name)
    labels = corpus.read_labels(layout.corpus, split)
    return scores.read_predictions(folder, split).argmax(axis=2) == labels


def curve(layout: Layout, name: str) -> np.ndarray:
    """Right answers after training on ten labels."""
    folder = layout.baseline(name) if name == MAJORITY else layout.confirmed_scores(name)
    return scores.read_curve(folder)[10] == corpus.read_labels(layout.corpus, "test")


def test_rows_are_measured_with_the_confirming_replicates(layout, board):
    for row in board.rows:
        assert row.accuracy.mean == pytest.approx(hits(layout, row.name).mean(), abs=1e-6)
        assert row.is_confirmed is not row.is_baseline
        if row.as_selected:
            assert row.as_selected.mean == pytest.approx(hits(layout, row.name, selecting=True).mean(), abs=1e-6)
            means = hits(layout, row.name).mean(axis=1)
            assert row.accuracy.sd == pytest.approx(means.std(ddof=1), abs=1e-6)
    assert (board.select_by, board.selected.name, board.confidence) == ("accuracy", FROZEN, 0.95)
    assert [board.row(name).rank for name in (FROZEN, FINETUNED, MAJORITY)] == [1, 2, 3]
    assert [board.row(name).validation_scaled_log_loss for name in (FROZEN, FINETUNED, MAJORITY)] == [0.1, 0.2, 0.3]
    assert board.row(FINETUNED).validation_macro_f1 is not None


def test_the_gap_is_that_of_the_replicates_that_selection_saw(layout, board):
    gaps = [hits(layout, n, split, True).mean() for split in ("validation", "test") for n in (FROZEN, FINETUNED)]
    expected = np.mean(gaps[:2]) - np.mean(gaps[2:])
    assert board.validation_gap.mean == pytest.approx(expected, abs=1e-6)


def test_learning_curves_end_with_all_of_train(layout, board):
    train = len(corpus.read_labels(layout.corpus, "train"))
    for row in board.rows:
        assert [point.labels for point in row.learning_curve] == [10, train]
        expected = [curve(layout, row.name).mean(), hits(layout, row.name).mean()]
        assert [point.mean for point in row.learning_curve] == pytest.approx(expected, abs=1e-6)
    listed = {(entry["variant"], int(entry["labels"])): float(entry["mean"]) for entry in tables.read(layout.learning)}
    assert listed == {(row.name, p.labels): p.mean for row in board.rows for p in row.learning_curve}
    assert set(tables.read(layout.learning)[0]) == {"variant", "labels", "mean", "low", "high"}


def test_the_selected_variant_is_compared_with_the_best_baseline_by_labels(layout, board):
    """Without pretrained vectors there is no other pair."""
    (pair,) = board.learning
    assert (pair.first, pair.second) == (FROZEN, MAJORITY)
    expected = [
        (curve(layout, FROZEN).mean(axis=0) - curve(layout, MAJORITY).mean(axis=0)).mean(),
        (hits(layout, FROZEN).mean(axis=0) - hits(layout, MAJORITY)[0]).mean(),
    ]
    assert [point.mean for point in pair.points] == pytest.approx(expected, abs=1e-6)
    assert pair.sentence.startswith((FROZEN, MAJORITY))


def test_effects_are_those_of_the_measured_replicates(layout, analysis):
    accuracies = {name: hits(layout, name).mean() for name in (FROZEN, FINETUNED)}
    overall = np.mean(list(accuracies.values()))
    found = {(row["axis"], row["value"]): row["mean"] for row in analysis["effects"]}
    assert found == {
        ("tuning", "frozen"): pytest.approx(accuracies[FROZEN] - overall, abs=1e-6),
        ("tuning", "finetuned"): pytest.approx(accuracies[FINETUNED] - overall, abs=1e-6),
    }
    assert analysis["interactions"] == []


def test_rows_are_analysed_by_class_length_and_confidence(layout, analysis):
    labels = corpus.read_labels(layout.corpus, "test")
    lengths = np.diff(tokens.read_split(layout.tokens("words"), "test").offsets)
    names = corpus.read_summary(layout.corpus)["labels"]
    assert [row["variant"] for row in analysis["rows"]] == [FROZEN, FINETUNED, MAJORITY]
    for row in analysis["rows"]:
        right = hits(layout, row["variant"])
        assert [(each["class"], each["texts"]) for each in row["classes"]] == [(name, 20) for name in names]
        by_class = [right[:, labels == label].mean() for label in (0, 1)]
        assert [each["mean"] for each in row["classes"]] == pytest.approx(by_class, abs=1e-6)
        for each in row["lengths"]:
            inside = (lengths >= each["from"]) & (lengths <= each["to"])
            assert each["texts"] == inside.sum()
            assert each["mean"] == pytest.approx(right[:, inside].mean(), abs=1e-6)
            assert 0 <= each["low"] <= each["mean"] <= each["high"] <= 1
        assert sum(each["texts"] for each in row["lengths"]) == len(labels)
        (bin_,) = row["reliability"]  # every answer has the probability 0.9
        assert bin_["share"] == 1
        assert (bin_["confidence"], bin_["accuracy"]) == pytest.approx((0.9, right.mean()), abs=1e-5)


def test_summary_coverage_and_tables_have_every_row(layout, board):
    summary = json.loads(layout.summary.read_text())
    assert summary == {r.name: {"accuracy": r.accuracy.mean, "macro_f1": r.macro_f1.mean} for r in board.rows}
    (row,) = json.loads(layout.coverage.read_text())["rows"]
    assert row["embedding"] == "words-random"
    assert row["splits"] == embedding.read_coverage(layout.embedding("words", "random"))["splits"]
    assert row["missing_words"] == []
    epochs = tables.read(layout.curves)
    assert [(e["variant"], e["replicate"]) for e in epochs] == [(n, r) for n in (FROZEN, FINETUNED) for r in "01"]
    confusion = tables.read(layout.confusion)
    right = {e["variant"]: 0.0 for e in confusion}
    for each in confusion:
        right[each["variant"]] += float(each["count"]) * (each["actual"] == each["predicted"])
    assert right == {name: pytest.approx(40 * hits(layout, name).mean(), abs=1e-3) for name in right}


def test_missing_words_are_cut_after_as_many_as_wanted(layout):
    place = layout.embedding("words", "random") / "coverage.json"
    words = [{"token": str(number), "count": 9 - number} for number in range(5)]
    place.write_text(json.dumps({**json.loads(place.read_text()), "missing_words": words}))
    assert collect_coverage(layout, run_of(layout), 2)["rows"][0]["missing_words"] == words[:2]


def test_the_best_of_each_kind_is_compared_by_labels():
    """Trained vectors with learned ones, and the selected variant with the best baseline; frozen random is neither."""
    variants = [Variant("words", *axes, "mean") for axes in product(("random", "word2vec"), ("frozen", "finetuned"))]
    names = [*(variant.name for variant in variants), "counts", "tfidf"]
    rng = np.random.default_rng(1)
    values = {name: rng.random((2, 40)) for name in names}
    outcomes = [Outcome(name, dict(zip(names, variants, strict=False)).get(name), None) for name in names]
    curves = {name: {10: sample(each), 20: sample(each)} for name, each in values.items()}
    order = ["words-random-frozen-mean", "tfidf", "words-word2vec-finetuned-mean", "words-random-finetuned-mean"]
    order += [name for name in names if name not in order]
    ranks = Ranks("accuracy", {name: Ranked(k, 0.5, 0.5) for k, name in enumerate(order, 1)}, [order[0]])
    params = Params.read(ROOT / "params.yaml")
    pairs = learning_pairs(outcomes, curves, ranks, params.catalogue(VECTORS), params.catalogue(TUNING), 0.95)
    assert [(pair.first, pair.second) for pair in pairs] == [(order[2], order[3]), (order[0], "tfidf")]
    for pair in pairs:
        assert pair.first in pair.sentence
        assert pair.second in pair.sentence
        assert [point.labels for point in pair.points] == [10, 20]
        assert pair.points[0].mean == pytest.approx(values[pair.first].mean() - values[pair.second].mean(), abs=1e-6)
