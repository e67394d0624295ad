"""Predictions and scores of every variant and baseline of a run, as their stages wrote them."""

from typing import Any, NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts import corpus, scores
from embedding_bench.artifacts.layout import Layout
from embedding_bench.evaluation.learning import Curve
from embedding_bench.evaluation.selection import ValidationScore, rank
from embedding_bench.evaluation.statistics import hits
from embedding_bench.settings.run import Run, Variant


class Outcome(NamedTuple):
    """What a variant, or a baseline (whose `variant` is None), predicted on test.

    `probabilities` float32 [replicates, texts, classes] after training on all of train; `curve` the predicted classes
    int32 [replicates, texts] after training on fewer labels, by their number; `scores` see `artifacts.scores`.
    """

    name: str
    variant: Variant | None
    scores: dict[str, Any]
    probabilities: Probabilities
    curve: dict[int, Labels]

    def mean(self, split: str, measure: str) -> float:
        """Average a measure of a split over the replicates."""
        return float(np.mean([replicate[split][measure] for replicate in self.scores["replicates"]]))


def read_outcomes(layout: Layout, run: Run) -> list[Outcome]:
    """Read the outcomes of all rows, in the order of params.yaml."""
    return [
        Outcome(
            name,
            variant,
            scores.read_scores(folder),
            scores.read_predictions(folder, "test"),
            scores.read_curve(folder),
        )
        for name, variant, folder in layout.rows(run)
    ]


def read_labels(layout: Layout) -> dict[str, Labels]:
    """Read the labels int32 [texts] of each labelled split."""
    return {split: corpus.read_labels(layout.corpus, split) for split in corpus.LABELLED}


def curve_of(outcome: Outcome, labels: dict[str, Labels]) -> Curve:
    """Mark right predictions on test for each number of labels; all of train comes last."""
    fewer = {budget: (classes == labels["test"]).astype(np.float64) for budget, classes in outcome.curve.items()}
    return {**fewer, len(labels["train"]): hits(labels["test"], outcome.probabilities)}


def rank_on_validation(outcomes: list[Outcome], texts: int) -> list[Outcome]:
    """Sort by the mean validation scores of the replicates, the best first; `texts` is the size of validation."""
    means = [ValidationScore(o.mean("validation", "accuracy"), o.mean("validation", "log_loss")) for o in outcomes]
    return [outcomes[index] for index in rank(means, texts)]
