"""Main effects and two-way interactions of the factorial experiment.

The variants are all combinations of the axes' values, each once. The main effect of a value is the mean accuracy of
its variants minus that of all variants; the interaction of two values is the mean of their variants beyond the sum of
their effects (Montgomery, Design and Analysis of Experiments, chapter 5). Each is a mean over texts and replicates of
the same contrast of hits, and so has an interval like accuracy. p values are corrected by Holm among the main effects,
and among the interactions; a contrast and its opposite, such as the two values of an axis, are one test.
"""

from itertools import combinations, product
from typing import Any

import numpy as np

from embedding_bench.evaluation.statistics import Values, estimate, holm, rounded
from embedding_bench.settings.run import Variant

Cells = dict[Variant, Values]


def main_effects(cells: Cells, confidence: float) -> list[dict[str, Any]]:
    """Estimate the effect of each value of each axis with several values."""
    overall = _mean(list(cells.values()))
    contrasts = [
        ({"axis": axis, "value": value}, _mean_of(cells, {axis: value}) - overall)
        for axis, values in _varied(cells).items()
        for value in values
    ]
    return _estimates(contrasts, confidence)


def interactions(cells: Cells, confidence: float) -> list[dict[str, Any]]:
    """Estimate the interaction of each pair of values of two axes."""
    overall, axes = _mean(list(cells.values())), _varied(cells)
    contrasts = []
    for pair in combinations(axes, 2):
        for values in product(*(axes[axis] for axis in pair)):
            effects = [_mean_of(cells, {axis: value}) for axis, value in zip(pair, values, strict=True)]
            joint = _mean_of(cells, dict(zip(pair, values, strict=True)))
            contrast = joint - effects[0] - effects[1] + overall
            contrasts.append(({"axes": list(pair), "values": list(values)}, contrast))
    return _estimates(contrasts, confidence)


def _varied(cells: Cells) -> dict[str, list[str]]:
    """Return the values of each axis with several, in the order of the run."""
    values = {axis: list(dict.fromkeys(getattr(variant, axis) for variant in cells)) for axis in Variant._fields}
    return {axis: names for axis, names in values.items() if len(names) > 1}


def _mean_of(cells: Cells, values: dict[str, str]) -> Values:
    """Average the hits of the variants with these values of axes: [replicates, texts]."""
    return _mean(
        [right for variant, right in cells.items() if all(getattr(variant, axis) == v for axis, v in values.items())]
    )


def _mean(hits: list[Values]) -> Values:
    """Average hits over variants."""
    total = np.zeros_like(hits[0])
    for right in hits:
        total += right
    return total / len(hits)


def _estimates(contrasts: list[tuple[dict[str, Any], Values]], confidence: float) -> list[dict[str, Any]]:
    """Add mean, interval and corrected p value to the keys of each contrast."""
    estimates = [estimate(contrast) for _, contrast in contrasts]
    # A contrast and its opposite have the same size and error: Holm counts them once.
    tests = [(round(abs(estimated.mean), 12), round(estimated.error, 12)) for estimated in estimates]
    raw = dict(zip(tests, [estimated.p_value() for estimated in estimates], strict=True))
    corrected = dict(zip(raw, holm(list(raw.values())), strict=True))
    rows = []
    for (keys, _), estimated, test in zip(contrasts, estimates, tests, strict=True):
        low, high = estimated.interval(confidence)
        values = {"mean": estimated.mean, "low": low, "high": high, "p_value": corrected[test]}
        rows.append({**keys, **{name: rounded(value) for name, value in values.items()}})
    return rows
