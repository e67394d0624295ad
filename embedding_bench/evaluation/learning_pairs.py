"""The pairs of rows whose learning curves the leaderboard compares in words."""

from collections.abc import Mapping

from embedding_bench.artifacts.leaderboard import LearningPair
from embedding_bench.artifacts.selection import Ranks
from embedding_bench.evaluation.learning import compare_curves, summarize
from embedding_bench.evaluation.outcomes import Curves, Outcome
from embedding_bench.settings.tuning import Tuning
from embedding_bench.settings.vectors import VectorSource


def learning_pairs(
    outcomes: list[Outcome],
    curves: Curves,
    ranks: Ranks,
    vectors: Mapping[str, VectorSource],
    tuning: Mapping[str, Tuning],
    confidence: float,
) -> list[LearningPair]:
    """Compare pretrained or trained vectors with learned ones, and the selected variant with the best baseline.

    Of each kind the best row on validation is compared; a kind without rows has no pair.
    """
    variants = [(outcome.name, outcome.variant) for outcome in outcomes if outcome.variant]
    informed = [name for name, variant in variants if vectors[variant.vectors].source != "random"]
    learned = [
        name
        for name, variant in variants
        if vectors[variant.vectors].source == "random" and tuning[variant.tuning].trainable
    ]
    baselines = [outcome.name for outcome in outcomes if not outcome.variant]
    pairs = [(informed, learned), ([ranks.selected], baselines)]
    return [
        _pair(_best(first, ranks), _best(second, ranks), curves, confidence)
        for first, second in pairs
        if first and second
    ]


def _best(names: list[str], ranks: Ranks) -> str:
    return min(names, key=lambda name: ranks.rows[name].rank)


def _pair(first: str, second: str, curves: Curves, confidence: float) -> LearningPair:
    points = compare_curves(curves[first], curves[second], confidence)
    return LearningPair(first=first, second=second, points=points, sentence=summarize(first, second, points))
