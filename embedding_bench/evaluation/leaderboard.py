"""The leaderboard's rows: scores with intervals, and differences to the selected row."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts.leaderboard import Difference, Interval, LeaderboardRow, Score
from embedding_bench.artifacts.search import Trials
from embedding_bench.artifacts.selection import Ranked, Ranks
from embedding_bench.evaluation.criteria import Values, macro_f1_values
from embedding_bench.evaluation.learning import Curve, learning_curve
from embedding_bench.evaluation.outcomes import Curves, Outcome, hits_of, sampled, values_of
from embedding_bench.evaluation.statistics import Estimate, Sample, differences, estimate, rounded
from embedding_bench.evaluation.trials import summarise_search
from embedding_bench.evaluation.variance import text_variance
from embedding_bench.settings.run import Variant

Facets = npt.NDArray[np.object_]  # [texts], the hidden facet of each text of the sample corpus


def build_rows(
    outcomes: list[Outcome],
    ranks: Ranks,
    curves: Curves,
    labels: Labels,
    facets: Facets | None,
    trials: Mapping[str, Trials],
    confidence: float,
) -> list[LeaderboardRow]:
    """Build all rows, the highest test accuracy first.

    `labels` int32 [texts] of test; `curves` see `outcomes.curves_of`; `facets` is None for all corpora but the sample;
    `trials` are those of each row.
    """
    right = hits_of(outcomes, labels)
    accuracy, as_selected = sampled(right), sampled(right, group=0)
    macro_f1 = sampled(values_of(outcomes, lambda predicted: macro_f1_values(labels, predicted.probabilities)))
    compared = _differences(accuracy, ranks.selected, confidence)
    rows = [
        LeaderboardRow(
            **_description(outcome),
            **_validation(outcome, ranks.rows[outcome.name]),
            **_scores(outcome, accuracy[outcome.name], macro_f1[outcome.name], curves[outcome.name], confidence),
            as_selected=score_of(as_selected[outcome.name], confidence) if outcome.confirming else None,
            facets=None if facets is None else _by_facet(accuracy[outcome.name], facets),
            search=summarise_search(trials[outcome.name]),
            selected=outcome.name == ranks.selected,
            difference=compared.get(outcome.name),
        )
        for outcome in outcomes
    ]
    return sorted(rows, key=lambda row: (-row.accuracy.mean, row.name))


def score_of(row: Sample, confidence: float) -> Score:
    """Estimate the mean of a row; the interval is cut at 0 and 1."""
    estimated = estimate(row)
    low, high = estimated.interval(confidence)
    return Score(
        mean=rounded(estimated.mean),
        sd=None if row.sd is None else rounded(row.sd),
        low=rounded(max(low, 0)),
        high=rounded(min(high, 1)),
    )


def validation_gap(validation: Values, test: Values, confidence: float) -> Interval:
    """Estimate accuracy on validation minus accuracy on test, of the same trainings.

    Both are hits averaged over all of them, float64 [texts]; the two samples of texts are independent.
    """
    error = (text_variance(validation) + text_variance(test)) ** 0.5
    gap = Estimate(float(validation.mean() - test.mean()), error, min(len(validation), len(test)) - 1.0)
    low, high = gap.interval(confidence)
    return Interval(mean=rounded(gap.mean), low=rounded(low), high=rounded(high))


def _differences(accuracy: dict[str, Sample], selected: str, confidence: float) -> dict[str, Difference]:
    others = [name for name in accuracy if name != selected]
    compared = differences(accuracy[selected], [accuracy[name] for name in others], confidence)
    return {
        name: Difference(**{key: rounded(value) for key, value in each._asdict().items()})
        for name, each in zip(others, compared, strict=True)
    }


def _description(outcome: Outcome) -> dict[str, Any]:
    axes = outcome.variant._asdict() if outcome.variant else dict.fromkeys(Variant._fields)
    parameters = outcome.measured.scores["replicates"][0]["parameters"]
    replicates = len(outcome.measured.scores["replicates"])
    return {"name": outcome.name, **axes, "replicates": replicates, "parameters": parameters}


def _validation(outcome: Outcome, ranked: Ranked) -> dict[str, Any]:
    measures = ("accuracy", "macro_f1", "log_loss")
    means = {f"validation_{name}": rounded(outcome.selecting.mean("validation", name)) for name in measures}
    return {**means, "validation_scaled_log_loss": ranked.scaled_log_loss, "validation_rank": ranked.rank}


def _scores(outcome: Outcome, accuracy: Sample, macro_f1: Sample, curve: Curve, confidence: float) -> dict[str, Any]:
    return {
        "accuracy": score_of(accuracy, confidence),
        "macro_f1": score_of(macro_f1, confidence),
        "log_loss": rounded(outcome.measured.mean("test", "log_loss")),
        "calibration_error": rounded(outcome.measured.mean("test", "calibration_error")),
        "learning_curve": learning_curve(curve, confidence),
    }


def _by_facet(row: Sample, facets: Facets) -> dict[str, float]:
    return {str(facet): rounded(row.texts[facets == facet].mean()) for facet in sorted(set(facets))}
