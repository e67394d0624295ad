"""`metrics/analysis.json`: effects of the axes, and each row's accuracy by class, length and confidence."""

from typing import Any

from embedding_bench.arrays import Labels, Positions
from embedding_bench.evaluation.effects import interactions, main_effects
from embedding_bench.evaluation.groups import by_class, by_length, reliability
from embedding_bench.evaluation.outcomes import Outcome, hits_of, sampled


def analyse(
    outcomes: list[Outcome], labels: Labels, names: list[str], lengths: Positions, confidence: float
) -> dict[str, Any]:
    """Analyse predictions on test: labels int32 [texts], lengths in tokens int64 [texts], `names` of the classes."""
    right = hits_of(outcomes, labels)
    accuracy = sampled(right)
    cells = {outcome.variant: accuracy[outcome.name] for outcome in outcomes if outcome.variant}
    classes, groups = by_class(right, labels, names, confidence), by_length(right, lengths, confidence)
    return {
        "effects": main_effects(cells, confidence),
        "interactions": interactions(cells, confidence),
        "rows": [
            {
                "variant": outcome.name,
                "classes": classes[outcome.name],
                "lengths": groups[outcome.name],
                "reliability": reliability(labels, outcome.measured.probabilities),
            }
            for outcome in outcomes
        ],
    }
