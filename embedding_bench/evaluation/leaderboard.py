"""The leaderboard: every variant and baseline with what it reached, how sure that is, and against the selected one."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.evaluation.learning import Curve, learning_curve
from embedding_bench.evaluation.selection import Reached, rank
from embedding_bench.evaluation.statistics import Values, differences, estimate, hits, macro_f1_values, rounded
from embedding_bench.settings.run import Variant


class Row(NamedTuple):
    """What is known of one variant (or baseline, whose `variant` is None) before rows are compared.

    On test: `probabilities` float32 [replicates, texts, classes] after training on all of train, `curve` the answers
    int32 [replicates, texts] after training on fewer labels, by their number.
    """

    name: str
    variant: Variant | None
    scores: dict[str, Any]
    probabilities: npt.NDArray[np.float32]
    curve: dict[int, Labels]


def build_leaderboard(
    rows: list[Row], labels: dict[str, Labels], facets: npt.NDArray[np.object_] | None, confidence: float
) -> list[dict[str, Any]]:
    """Describe every row, the best test accuracy first, and mark the one that validation selects.

    Baselines are never selected: they are what the embeddings are held against. `labels` are those of all
    splits.
    """
    right = {row.name: hits(labels["test"], row.probabilities) for row in rows}
    texts = len(labels["validation"])
    chosen = on_validation([row for row in rows if row.variant], texts)[0].name
    ranks = {row.name: place for place, row in enumerate(on_validation(rows, texts), 1)}
    others = [row.name for row in rows if row.name != chosen]
    gaps = dict(zip(others, differences(right[chosen], [right[name] for name in others], confidence), strict=True))
    described = []
    for row in rows:
        entry = describe(row, right[row.name], labels["test"], confidence)
        entry["learning_curve"] = learning_curve(curve_of(row, labels), confidence)
        entry["validation_rank"] = ranks[row.name]
        entry["selected"] = row.name == chosen
        gap = gaps.get(row.name)
        entry["behind_selected"] = (
            None if gap is None else {name: rounded(value) for name, value in gap._asdict().items()}
        )
        if facets is not None:
            entry["facets"] = by_facet(right[row.name], facets)
        described.append(entry)
    return sorted(described, key=lambda entry: (-entry["accuracy"]["mean"], entry["variant"]))


def curve_of(row: Row, labels: dict[str, Labels]) -> Curve:
    """Mark the right answers for every number of labels, all of train last."""
    fewer = {budget: (answers == labels["test"]).astype(np.float64) for budget, answers in row.curve.items()}
    return {**fewer, len(labels["train"]): hits(labels["test"], row.probabilities)}


def on_validation(rows: list[Row], texts: int) -> list[Row]:
    """Put rows in order, the best on validation first, by their replicates' mean accuracy and log loss there."""
    reached = [
        Reached(mean_of(row.scores, "validation", "accuracy"), mean_of(row.scores, "validation", "log_loss"))
        for row in rows
    ]
    return [rows[number] for number in rank(reached, texts)]


def describe(row: Row, right: Values, labels: Labels, confidence: float) -> dict[str, Any]:
    """Lay out one row of the leaderboard, but for its comparison with others."""
    axes = row.variant._asdict() if row.variant else dict.fromkeys(Variant._fields)
    return {
        "variant": row.name,
        **axes,
        "replicates": len(right),
        "validation_accuracy": rounded(mean_of(row.scores, "validation", "accuracy")),
        "validation_log_loss": rounded(mean_of(row.scores, "validation", "log_loss")),
        "accuracy": with_interval(right, confidence),
        "macro_f1": with_interval(macro_f1_values(labels, row.probabilities), confidence),
        "log_loss": rounded(mean_of(row.scores, "test", "log_loss")),
        "calibration_error": rounded(mean_of(row.scores, "test", "calibration_error")),
        "parameters": row.scores["replicates"][0]["parameters"],
    }


def with_interval(values: Values, confidence: float) -> dict[str, float | None]:
    """Sum up values [replicates, texts] as mean, sd over replicates and interval."""
    found = estimate(values)
    low, high = found.interval(confidence)
    return {
        "mean": rounded(found.mean),
        "sd": None if found.sd is None else rounded(found.sd),
        "low": rounded(max(low, 0)),
        "high": rounded(min(high, 1)),
    }


def mean_of(scores: dict[str, Any], split: str, measure: str) -> float:
    """Average a measure of a split over the replicates."""
    return float(np.mean([replicate[split][measure] for replicate in scores["replicates"]]))


def by_facet(right: Values, facets: npt.NDArray[np.object_]) -> dict[str, float]:
    """Compute the accuracy on each hidden facet of the sample corpus."""
    return {str(facet): rounded(right[:, facets == facet].mean()) for facet in sorted(set(facets))}
