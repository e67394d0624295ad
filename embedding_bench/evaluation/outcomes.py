"""Predictions and scores of every variant and baseline of a run, as their stages wrote them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts import corpus, scores
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.selection import Ranks
from embedding_bench.evaluation.criteria import Values, hits
from embedding_bench.evaluation.statistics import Sample, moderate, sample
from embedding_bench.settings.run import Run, Variant


class Predicted(NamedTuple):
    """What one group of replicates predicted on test.

    `probabilities` float32 [replicates, texts, classes] after training on all of train; `curve` the predicted classes
    int32 [replicates, texts] after training on fewer labels, by their number; `scores` see `artifacts.scores`.
    """

    scores: dict[str, Any]
    probabilities: Probabilities
    curve: dict[int, Labels]

    def mean(self, split: str, measure: str) -> float:
        """Average a measure of a split over the replicates."""
        return float(np.mean([replicate[split][measure] for replicate in self.scores["replicates"]]))


class Outcome(NamedTuple):
    """What a variant, or a baseline (whose `variant` is None), predicted on test.

    `selecting` are the replicates that selection saw; `confirming` those with fresh seeds, for confirmed variants only.
    """

    name: str
    variant: Variant | None
    selecting: Predicted
    confirming: Predicted | None = None

    @property
    def measured(self) -> Predicted:
        """The replicates that give the row's figures: those that had no part in selecting it, where there are any."""
        return self.confirming or self.selecting

    @property
    def groups(self) -> list[Predicted]:
        """All groups of replicates, the measured ones last."""
        return [self.selecting, self.confirming] if self.confirming else [self.selecting]


class Hits(NamedTuple):
    """Values of texts by row, such as hits, in groups of replicates float64 [replicates, texts], the measured last.

    `alike` maps each row to what it shares with those whose variance of seeds is alike: the encoder.
    """

    values: dict[str, list[Values]]
    alike: dict[str, str]

    def of(self, texts: npt.NDArray[np.bool_]) -> "Hits":
        """Keep some texts."""
        kept = {name: [values[:, texts] for values in groups] for name, groups in self.values.items()}
        return Hits(kept, self.alike)


def read_outcomes(layout: Layout, run: Run, ranks: Ranks) -> list[Outcome]:
    """Read the outcomes of all rows, in the order of params.yaml."""
    outcomes = []
    for name, variant, folder in layout.rows(run):
        confirmed = variant is not None and name in ranks.confirmed
        confirming = _read(layout.confirmed_scores(name)) if confirmed else None
        outcomes.append(Outcome(name, variant, _read(folder), confirming))
    return outcomes


def _read(folder: Path) -> Predicted:
    return Predicted(scores.read_scores(folder), scores.read_predictions(folder, "test"), scores.read_curve(folder))


def read_labels(layout: Layout) -> dict[str, Labels]:
    """Read the labels int32 [texts] of each labelled split."""
    return {split: corpus.read_labels(layout.corpus, split) for split in corpus.LABELLED}


def mean_hits(layout: Layout, run: Run, labels: dict[str, Labels], split: str) -> Values:
    """Average the hits on a split over all variants and the replicates that selection saw: float64 [texts]."""
    folders = [layout.scores(variant) for variant in layout.variants(run)]
    right = [hits(labels[split], scores.read_predictions(folder, split)).mean(axis=0) for folder in folders]
    mean: Values = np.mean(right, axis=0)
    return mean


def values_of(outcomes: list[Outcome], values: Callable[[Predicted], Values]) -> Hits:
    """Compute values of texts float64 [replicates, texts] for all rows."""
    groups = {outcome.name: [values(predicted) for predicted in outcome.groups] for outcome in outcomes}
    alike = {outcome.name: outcome.variant.encoder if outcome.variant else outcome.name for outcome in outcomes}
    return Hits(groups, alike)


def hits_of(outcomes: list[Outcome], labels: Labels) -> Hits:
    """Mark the right predictions of all rows on test; labels int32 [texts]."""
    return values_of(outcomes, lambda predicted: hits(labels, predicted.probabilities))


def sampled(found: Hits, group: int = -1) -> dict[str, Sample]:
    """Summarise one group of replicates of each row, by default the measured one; all give the variance of seeds."""
    seeds = moderate(found.values, found.alike)
    return {name: sample(groups[group], seeds[name]) for name, groups in found.values.items()}


Curves = dict[str, dict[int, Sample]]  # by row and number of labels, the smallest first


def curves_of(outcomes: list[Outcome], labels: dict[str, Labels]) -> Curves:
    """Summarise the hits on test of each row for each number of labels; all of train comes last."""
    curves: Curves = {outcome.name: {} for outcome in outcomes}
    for budget in outcomes[0].selecting.curve:
        for name, row in sampled(values_of(outcomes, partial(_fewer_labels, budget, labels["test"]))).items():
            curves[name][budget] = row
    for name, row in sampled(hits_of(outcomes, labels["test"])).items():
        curves[name][len(labels["train"])] = row
    return curves


def _fewer_labels(budget: int, labels: Labels, predicted: Predicted) -> Values:
    right: Values = (predicted.curve[budget] == labels).astype(np.float64)
    return right
