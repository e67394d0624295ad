"""What each axis contributes: main effects and two-way interactions of the factorial experiment.

The variants are all combinations of the axes' values, each as often. The main effect of a value is the mean accuracy of
its variants minus that of all; the interaction of two values is what their variants' mean has beyond the sum of their
effects (Montgomery, Design and Analysis of Experiments, chapter 5). Each is a mean over texts and replicates of the
same contrast of hits, so that it gets its interval as accuracies do. p values are corrected by Holm among the main
effects, and among the interactions; a contrast and its opposite, as those of an axis with two values are, are one test.
"""

from itertools import combinations, product
from typing import Any

import numpy as np

from embedding_bench.evaluation.statistics import Values, estimate, holm, rounded
from embedding_bench.settings.run import Variant

Cells = dict[Variant, Values]


def main_effects(cells: Cells, confidence: float) -> list[dict[str, Any]]:
    """Estimate the effect of each value of each axis that has more than one."""
    overall = mean(list(cells.values()))
    found = [
        ({"axis": axis, "value": value}, of_value(cells, {axis: value}) - overall)
        for axis, values in varied(cells).items()
        for value in values
    ]
    return described(found, confidence)


def interactions(cells: Cells, confidence: float) -> list[dict[str, Any]]:
    """Estimate what each pair of values of two axes has beyond the sum of their effects."""
    overall, axes = mean(list(cells.values())), varied(cells)
    found = []
    for one, other in combinations(axes, 2):
        for value, other_value in product(axes[one], axes[other]):
            together = of_value(cells, {one: value, other: other_value})
            contrast = together - of_value(cells, {one: value}) - of_value(cells, {other: other_value}) + overall
            found.append(({"axes": [one, other], "values": [value, other_value]}, contrast))
    return described(found, confidence)


def varied(cells: Cells) -> dict[str, list[str]]:
    """Name the axes that have several values, and those, in the order of the run."""
    values = {axis: list(dict.fromkeys(getattr(variant, axis) for variant in cells)) for axis in Variant._fields}
    return {axis: found for axis, found in values.items() if len(found) > 1}


def of_value(cells: Cells, wanted: dict[str, str]) -> Values:
    """Average the hits of the variants that have these values: [replicates, texts]."""
    return mean([right for variant, right in cells.items() if all(getattr(variant, a) == v for a, v in wanted.items())])


def mean(values: list[Values]) -> Values:
    """Average hits over variants."""
    total = np.zeros_like(values[0])
    for right in values:
        total += right
    return total / len(values)


def described(contrasts: list[tuple[dict[str, Any], Values]], confidence: float) -> list[dict[str, Any]]:
    """Give each contrast its mean, interval and corrected p value."""
    estimates = [estimate(contrast) for _, contrast in contrasts]
    tests = [(round(abs(found.mean), 12), round(found.error, 12)) for found in estimates]
    raw = dict(zip(tests, [found.p_value() for found in estimates], strict=True))
    corrected = dict(zip(raw, holm(list(raw.values())), strict=True))
    rows = []
    for (name, _), found, test in zip(contrasts, estimates, tests, strict=True):
        low, high = found.interval(confidence)
        figures = {"mean": found.mean, "low": low, "high": high, "p_value": corrected[test]}
        rows.append({**name, **{key: rounded(value) for key, value in figures.items()}})
    return rows
