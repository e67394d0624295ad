"""`metrics/analysis.json`: effects of the axes, and each row's accuracy by class, length and confidence."""

from typing import Any

from embedding_bench.arrays import Labels, Positions
from embedding_bench.evaluation.effects import interactions, main_effects
from embedding_bench.evaluation.groups import by_class, by_length, reliability
from embedding_bench.evaluation.outcomes import Outcome
from embedding_bench.evaluation.statistics import hits


def analyse(
    outcomes: list[Outcome], labels: Labels, names: list[str], lengths: Positions, confidence: float
) -> dict[str, Any]:
    """Analyse predictions on test: labels int32 [texts], lengths in tokens int64 [texts], `names` of the classes."""
    right = {outcome.name: hits(labels, outcome.probabilities) for outcome in outcomes}
    cells = {outcome.variant: right[outcome.name] for outcome in outcomes if outcome.variant}
    return {
        "effects": main_effects(cells, confidence),
        "interactions": interactions(cells, confidence),
        "rows": [
            {
                "variant": outcome.name,
                "classes": by_class(right[outcome.name], labels, names, confidence),
                "lengths": by_length(right[outcome.name], lengths, confidence),
                "reliability": reliability(labels, outcome.probabilities),
            }
            for outcome in outcomes
        ],
    }
