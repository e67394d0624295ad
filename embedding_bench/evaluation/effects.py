"""Main effects and two-way interactions of the factorial experiment.

Where the variants are all combinations of the axes' values, the main effect of a value is the mean accuracy of its
variants minus that of all variants, and the interaction of two values the mean of their variants beyond the sum of
their effects (Montgomery, Design and Analysis of Experiments, chapter 5). Where some were left out, both are the least
squares estimates of the same model, with the interactions of those axes all of whose pairs of values were trained.
Each is a weighted sum of the variants' accuracies, and so has an interval like accuracy. Intervals and p values are
corrected by Holm among the main effects, and among the interactions; a contrast and its opposite, such as the two
values of an axis, are one test.
"""

from functools import reduce
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.evaluation.statistics import Comparison, Sample, contrast, corrected, rounded
from embedding_bench.settings.run import Variant

Cells = dict[Variant, Sample]
Weights = npt.NDArray[np.float64]  # [variants]
Term = tuple[str, ...]  # an axis, or two


def main_effects(cells: Cells, confidence: float) -> list[dict[str, Any]]:
    """Estimate the effect of each value of each axis with several values."""
    axes = _varied(cells)
    weights = _weigh(cells, [(axis,) for axis in axes], axes)
    contrasts = [
        ({"axis": axis, "value": value}, weights[axis,][number])
        for axis, values in axes.items()
        for number, value in enumerate(values)
    ]
    return _estimates(cells, contrasts, confidence)


def interactions(cells: Cells, confidence: float) -> list[dict[str, Any]]:
    """Estimate the interaction of each pair of values of two axes, if all their pairs were trained."""
    axes = _varied(cells)
    found = {pair: {(getattr(v, pair[0]), getattr(v, pair[1])) for v in cells} for pair in combinations(axes, 2)}
    whole = [pair for pair in found if len(found[pair]) == len(axes[pair[0]]) * len(axes[pair[1]])]
    weights = _weigh(cells, [*((axis,) for axis in axes), *whole], axes)
    contrasts = [
        ({"axes": list(pair), "values": list(values)}, weights[pair][number])
        for pair in whole
        for number, values in enumerate(product(*(axes[axis] for axis in pair)))
    ]
    return _estimates(cells, contrasts, confidence)


def _varied(cells: Cells) -> dict[str, list[str]]:
    """Return the values of each axis with several, in the order of the run."""
    values = {axis: list(dict.fromkeys(getattr(variant, axis) for variant in cells)) for axis in Variant._fields}
    return {axis: names for axis, names in values.items() if len(names) > 1}


def _weigh(cells: Cells, terms: list[Term], axes: dict[str, list[str]]) -> dict[Term, Weights]:
    """Return, for each term of a model, the weights of the variants in its coefficients: [values, variants].

    The values of a pair are in the order of `itertools.product`. The coefficients of a term sum to 0 over each axis.
    """
    codes: dict[str, Any] = {
        axis: np.vstack([np.eye(len(values) - 1), -np.ones(len(values) - 1)]) for axis, values in axes.items()
    }
    coded = {term: reduce(np.kron, [codes[axis] for axis in term]) for term in terms}
    columns = [np.ones((len(cells), 1))]
    for term in terms:
        numbers = {values: number for number, values in enumerate(product(*(axes[axis] for axis in term)))}
        columns.append(coded[term][[numbers[tuple(getattr(variant, axis) for axis in term)] for variant in cells]])
    solved = np.linalg.pinv(np.hstack(columns))
    ends = np.cumsum([column.shape[1] for column in columns])
    return {term: coded[term] @ solved[a:b] for term, (a, b) in zip(terms, pairwise(ends), strict=True)}


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
