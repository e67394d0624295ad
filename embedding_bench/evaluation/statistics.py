"""Intervals and tests for new texts and new seeds, given this training set.

A variant's accuracy varies with the sample of test texts and with the seeds of its trainings. The variance of its mean
is estimated as variance of item means / items + variance of replicate means / replicates, and the interval is
Student's t with Satterthwaite's degrees of freedom (1946). The interaction of texts and seeds is part of both terms,
so that the interval errs on the wide side. A single replicate has no variance of seeds: its interval covers text
sampling only.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit  # scipy.stats takes half a second to import

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.evaluation.metrics import confusion, f1_scores

Values = npt.NDArray[np.float64]


class Estimate(NamedTuple):
    """A mean over replicates and items, with its standard error and degrees of freedom."""

    mean: float
    sd: float | None
    error: float
    freedom: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the two-sided t interval."""
        half = float(stdtrit(self.freedom, (1 + confidence) / 2)) * self.error
        return self.mean - half, self.mean + half

    def p_value(self) -> float:
        """Return the two-sided p value of a mean of 0; 1 where nothing varies and the mean is 0."""
        if self.error == 0:
            return float(self.mean == 0)
        return float(2 * stdtr(self.freedom, -abs(self.mean) / self.error))


def estimate(values: Values) -> Estimate:
    """Estimate the mean of values float64 [replicates, items]; `sd` is that of the replicates' means."""
    replicates, items = values.shape
    item_variance = float(values.mean(axis=0).var(ddof=1)) if items > 1 else 0.0
    item_part = max(item_variance, least_variance(items)) / items
    parts, freedoms = [item_part], [max(items - 1, 1)]
    sd = None
    if replicates > 1:
        replicate_variance = float(values.mean(axis=1).var(ddof=1))
        sd = replicate_variance**0.5
        parts.append(replicate_variance / replicates)
        freedoms.append(replicates - 1)
    variance = sum(parts)
    spread = sum(part**2 / freedom for part, freedom in zip(parts, freedoms, strict=True))
    freedom = variance**2 / spread if spread else float(items - 1)
    return Estimate(float(values.mean()), sd, variance**0.5, freedom)


def least_variance(items: int) -> float:
    """Return the variance floor for unanimous items: eight right predictions of eight keep some uncertainty.

    It is the variance after adding two right and two wrong items (Agresti and Coull, 1998).
    """
    return 2 * (items + 2) / (items + 4) ** 2


def hits(labels: Labels, probabilities: Probabilities) -> Values:
    """Mark right predictions: float64 [replicates, texts] of 0 and 1, whose mean is the accuracy."""
    right: Values = (probabilities.argmax(axis=2) == labels).astype(np.float64)
    return right


def macro_f1_values(labels: Labels, probabilities: Probabilities) -> Values:
    """Distribute macro-F1 over the texts: float64 [replicates, texts], whose mean is the macro-F1.

    Each text's value is the macro-F1 plus its influence (the infinitesimal jackknife; Efron and Tibshirani, 1993,
    chapter 21), so that `estimate` gives macro-F1 an interval in the same way as accuracy.
    """
    classes = probabilities.shape[2]
    return np.stack([_macro_f1_values(labels, predicted, classes) for predicted in probabilities.argmax(axis=2)])


def _macro_f1_values(labels: Labels, predicted: npt.NDArray[np.int64], classes: int) -> Values:
    table = confusion(labels, predicted, classes)
    f1, occurs = f1_scores(table), table.any(axis=1)
    named = np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)
    # F1 = 2 hits / named: a text adds 2 to the numerator of a hit, and 1 to the denominator of both its classes.
    # Classes without texts do not count.
    influence = -(f1[labels] / named[labels] + np.where(occurs, f1 / named, 0)[predicted])
    influence += np.where(labels == predicted, 2 / named[labels], 0)
    values: Values = f1[occurs].mean() + len(labels) / occurs.sum() * influence
    return values


class Difference(NamedTuple):
    """The selected row minus another on the same texts; `p_value` is corrected for all rows by Holm."""

    mean: float
    low: float
    high: float
    p_value: float


def differences(selected: Values, others: list[Values], confidence: float) -> list[Difference]:
    """Compare the hits of the selected row, float64 [replicates, texts], with those of each other row, paired by text.

    The single replicate of a baseline is compared with every replicate. p values are corrected by Holm (1979).
    """
    estimates = [estimate(selected - hits_of_row) for hits_of_row in others]
    corrected = holm([estimated.p_value() for estimated in estimates])
    return [Difference(e.mean, *e.interval(confidence), p) for e, p in zip(estimates, corrected, strict=True)]


def holm(p_values: list[float]) -> list[float]:
    """Correct p values for multiple tests by Holm's step-down method; the order is kept.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    corrected = np.empty(len(p_values))
    least = 0.0
    for step, index in enumerate(order):
        least = max(least, min(1.0, p_values[index] * (len(p_values) - step)))
        corrected[index] = least
    return [float(p) for p in corrected]


def rounded(value: Any) -> float:
    """Round to six digits, as in all files of metrics/."""
    return round(float(value), 6)
