"""Main effects and two-way interactions of the factorial experiment.

The variants are all combinations of the axes' values, each once. The main effect of a value is the mean accuracy of
its variants minus that of all variants; the interaction of two values is the mean of their variants beyond the sum of
their effects (Montgomery, Design and Analysis of Experiments, chapter 5). Each is a weighted sum of the variants'
accuracies, and so has an interval like accuracy. Intervals and p values are corrected by Holm among the main effects,
and among the interactions; a contrast and its opposite, such as the two values of an axis, are one test.
"""

from itertools import combinations, product
from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.evaluation.statistics import Comparison, Sample, contrast, corrected, rounded
from embedding_bench.settings.run import Variant

Cells = dict[Variant, Sample]
Weights = npt.NDArray[np.float64]  # [variants]


def main_effects(cells: Cells, confidence: float) -> list[dict[str, Any]]:
    """Estimate the effect of each value of each axis with several values."""
    contrasts = [
        ({"axis": axis, "value": value}, _mean_of(cells, {axis: value}) - _mean_of(cells, {}))
        for axis, values in _varied(cells).items()
        for value in values
    ]
    return _estimates(cells, contrasts, confidence)


def interactions(cells: Cells, confidence: float) -> list[dict[str, Any]]:
    """Estimate the interaction of each pair of values of two axes."""
    overall, axes = _mean_of(cells, {}), _varied(cells)
    contrasts = []
    for pair in combinations(axes, 2):
        for values in product(*(axes[axis] for axis in pair)):
            first, second = (_mean_of(cells, {axis: value}) for axis, value in zip(pair, values, strict=True))
            joint = _mean_of(cells, dict(zip(pair, values, strict=True)))
            contrasts.append(({"axes": list(pair), "values": list(values)}, joint - first - second + overall))
    return _estimates(cells, contrasts, confidence)


def _varied(cells: Cells) -> dict[str, list[str]]:
    """Return the values of each axis with several, in the order of the run."""
    values = {axis: list(dict.fromkeys(getattr(variant, axis) for variant in cells)) for axis in Variant._fields}
    return {axis: names for axis, names in values.items() if len(names) > 1}


def _mean_of(cells: Cells, values: dict[str, str]) -> Weights:
    """Weigh the variants with these values of axes alike, and the others by 0."""
    inside = np.asarray([all(getattr(variant, axis) == v for axis, v in values.items()) for variant in cells])
    weights: Weights = inside / inside.sum()
    return weights


def _estimates(
    cells: Cells, contrasts: list[tuple[dict[str, Any], Weights]], confidence: float
) -> list[dict[str, Any]]:
    """Add mean, interval and p value to the keys of each contrast."""
    samples = list(cells.values())
    tests = {_key(weights): weights for _, weights in contrasts}
    estimates = [contrast(zip(weights.tolist(), samples, strict=True)) for weights in tests.values()]
    compared = dict(zip(tests, corrected(estimates, confidence), strict=True))
    rows = []
    for keys, weights in contrasts:
        comparison = compared[_key(weights)]
        turned = comparison if np.allclose(weights, tests[_key(weights)]) else _opposite(comparison)
        rows.append({**keys, **{name: rounded(value) for name, value in turned._asdict().items()}})
    return rows


def _key(weights: Weights) -> tuple[float, ...]:
    """Identify a contrast with its opposite: the first variant that it uses has a positive weight."""
    sign = np.sign(weights[np.flatnonzero(np.abs(weights) > 1e-9)[:1]].sum()) or 1.0
    return tuple(np.round(weights * sign, 9) + 0.0)


def _opposite(comparison: Comparison) -> Comparison:
    return Comparison(-comparison.mean, -comparison.high, -comparison.low, comparison.p_value)
