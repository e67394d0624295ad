"""The leaderboard's rows: scores with intervals, selection on validation, differences to the selected row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts.leaderboard import Difference, LeaderboardRow, Score
from embedding_bench.evaluation.learning import learning_curve
from embedding_bench.evaluation.outcomes import Outcome, curve_of, rank_on_validation
from embedding_bench.evaluation.statistics import Values, differences, estimate, hits, macro_f1_values, rounded
from embedding_bench.settings.run import Variant

Facets = npt.NDArray[np.object_]  # [texts], the hidden facet of each text of the sample corpus


@dataclass(frozen=True)
class _Comparison:
    """What depends on all rows: the selected one, ranks on validation, and differences by name."""

    selected: str
    ranks: dict[str, int]
    differences: dict[str, Difference]


def build_rows(
    outcomes: list[Outcome], labels: dict[str, Labels], facets: Facets | None, confidence: float
) -> list[LeaderboardRow]:
    """Build all rows, the highest test accuracy first.

    Baselines are ranked but never selected: they are the reference for the embeddings. `labels` has those of all
    labelled splits; `facets` is None for all corpora but the sample.
    """
    right = {outcome.name: hits(labels["test"], outcome.probabilities) for outcome in outcomes}
    comparison = _compare(outcomes, right, len(labels["validation"]), confidence)
    rows = [
        LeaderboardRow(
            **_scores(outcome, right[outcome.name], labels["test"], confidence),
            learning_curve=learning_curve(curve_of(outcome, labels), confidence),
            facets=None if facets is None else _by_facet(right[outcome.name], facets),
            validation_rank=comparison.ranks[outcome.name],
            selected=outcome.name == comparison.selected,
            difference=comparison.differences.get(outcome.name),
        )
        for outcome in outcomes
    ]
    return sorted(rows, key=lambda row: (-row.accuracy.mean, row.name))


def score_of(values: Values, confidence: float) -> Score:
    """Estimate the mean of values float64 [replicates, texts]; the interval is cut at 0 and 1."""
    estimated = estimate(values)
    low, high = estimated.interval(confidence)
    return Score(
        mean=rounded(estimated.mean),
        sd=None if estimated.sd is None else rounded(estimated.sd),
        low=rounded(max(low, 0)),
        high=rounded(min(high, 1)),
    )


def _compare(outcomes: list[Outcome], right: dict[str, Values], texts: int, confidence: float) -> _Comparison:
    selected = rank_on_validation([outcome for outcome in outcomes if outcome.variant], texts)[0].name
    ranks = {outcome.name: rank for rank, outcome in enumerate(rank_on_validation(outcomes, texts), 1)}
    others = [outcome.name for outcome in outcomes if outcome.name != selected]
    paired = differences(right[selected], [right[name] for name in others], confidence)
    by_name = {
        name: Difference(**{key: rounded(value) for key, value in difference._asdict().items()})
        for name, difference in zip(others, paired, strict=True)
    }
    return _Comparison(selected, ranks, by_name)


def _scores(outcome: Outcome, right: Values, labels: Labels, confidence: float) -> dict[str, Any]:
    axes = outcome.variant._asdict() if outcome.variant else dict.fromkeys(Variant._fields)
    return {
        "name": outcome.name,
        **axes,
        "replicates": len(right),
        "parameters": outcome.scores["replicates"][0]["parameters"],
        "validation_accuracy": rounded(outcome.mean("validation", "accuracy")),
        "validation_log_loss": rounded(outcome.mean("validation", "log_loss")),
        "accuracy": score_of(right, confidence),
        "macro_f1": score_of(macro_f1_values(labels, outcome.probabilities), confidence),
        "log_loss": rounded(outcome.mean("test", "log_loss")),
        "calibration_error": rounded(outcome.mean("test", "calibration_error")),
    }


def _by_facet(right: Values, facets: Facets) -> dict[str, float]:
    return {str(facet): rounded(right[:, facets == facet].mean()) for facet in sorted(set(facets))}
