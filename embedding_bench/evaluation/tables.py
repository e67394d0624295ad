"""The tables of `metrics/`: epochs, learning curves, confusion matrices and the summary."""

from typing import Any

import numpy as np

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import scores
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import LeaderboardRow
from embedding_bench.artifacts.tables import Table
from embedding_bench.evaluation.metrics import fold_confusion, mean_confusion
from embedding_bench.evaluation.outcomes import Outcome
from embedding_bench.settings.run import Run

LEARNING = ("variant", "labels", "mean", "low", "high")
CONFUSION = ("variant", "actual", "predicted", "count", "share")


def summary(rows: list[LeaderboardRow]) -> dict[str, dict[str, float]]:
    """Collect accuracy and macro-F1 of each row by its name: `dvc metrics` shows no lists."""
    return {row.name: {"accuracy": row.accuracy.mean, "macro_f1": row.macro_f1.mean} for row in rows}


def epoch_table(layout: Layout, run: Run, replicates: int) -> Table:
    """List every epoch of every replicate of every variant."""
    rows: list[tuple[Any, ...]] = []
    for variant in layout.variants(run):
        for replicate in range(replicates):
            for epoch in scores.read_history(layout.scores(variant), replicate):
                rows.append((variant.name, replicate, *(f"{epoch[name]:.6g}" for name in scores.HISTORY)))
    return Table(("variant", "replicate", *scores.HISTORY), rows)


def learning_table(rows: list[LeaderboardRow]) -> Table:
    """List the test accuracy of every row for every number of labels."""
    points = [(row.name, point) for row in rows for point in row.learning_curve]
    return Table(LEARNING, [(name, point.labels, point.mean, point.low, point.high) for name, point in points])


def confusion_table(outcomes: list[Outcome], labels: Labels, names: list[str]) -> Table:
    """List every cell of every confusion matrix on test: the mean count over replicates, and its share of the class.

    Beyond 30 classes the smallest are merged into one, because the table is meant to be read as a chart.
    """
    rows: list[tuple[Any, ...]] = []
    for outcome in outcomes:
        counts, classes = fold_confusion(mean_confusion(labels, outcome.measured.probabilities), names)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        for actual, predicted in np.ndindex(counts.shape):
            numbers = f"{counts[actual, predicted]:.6g}", f"{shares[actual, predicted]:.4f}"
            rows.append((outcome.name, classes[actual], classes[predicted], *numbers))
    return Table(CONFUSION, rows)
