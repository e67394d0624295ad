"""The pairs of rows whose learning curves the leaderboard compares in words."""

from collections.abc import Mapping

from embedding_bench.arrays import Labels
from embedding_bench.artifacts.leaderboard import LearningPair
from embedding_bench.evaluation.learning import compare_curves, summarize
from embedding_bench.evaluation.outcomes import Outcome, curve_of, rank_on_validation
from embedding_bench.settings.tuning import Tuning
from embedding_bench.settings.vectors import VectorSource


def learning_pairs(
    outcomes: list[Outcome],
    labels: dict[str, Labels],
    vectors: Mapping[str, VectorSource],
    tuning: Mapping[str, Tuning],
    confidence: float,
) -> list[LearningPair]:
    """Compare pretrained or trained vectors with learned ones, and the selected variant with the best baseline.

    Of each kind the best row on validation is compared; a kind without rows has no pair.
    """
    variants = [(outcome, outcome.variant) for outcome in outcomes if outcome.variant]
    informed = [outcome for outcome, variant in variants if vectors[variant.vectors].source != "random"]
    learned = [
        outcome
        for outcome, variant in variants
        if vectors[variant.vectors].source == "random" and tuning[variant.tuning].trainable
    ]
    baselines = [outcome for outcome in outcomes if not outcome.variant]
    kinds = (informed, learned, [outcome for outcome, _ in variants], baselines)
    best = [rank_on_validation(kind, len(labels["validation"]))[:1] for kind in kinds]
    return [
        _pair(first, second, labels, confidence)
        for first, second in [*zip(best[0], best[1], strict=False), *zip(best[2], best[3], strict=False)]
    ]


def _pair(first: Outcome, second: Outcome, labels: dict[str, Labels], confidence: float) -> LearningPair:
    points = compare_curves(curve_of(first, labels), curve_of(second, labels), confidence)
    sentence = summarize(first.name, second.name, points)
    return LearningPair(first=first.name, second=second.name, points=points, sentence=sentence)
