"""Intervals and tests for new texts and new seeds, given this training set.

A row's accuracy varies with the sample of test texts and with the seeds of its trainings. The variance of its mean is
the variance that texts give it plus, for each row of a comparison, variance of replicate means / replicates; the
interval is Student's t with Satterthwaite's degrees of freedom (1946). The interaction of texts and seeds is part of
both terms, so that the interval errs on the wide side.

Few replicates tell little of the variance of seeds: that of a row is moderated towards the mean over alike rows, as in
Smyth (2004), with a prior of PRIOR degrees of freedom, which Smyth estimates from the rows.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit  # scipy.stats takes half a second to import

from embedding_bench.evaluation.criteria import Values
from embedding_bench.evaluation.variance import seed_variance, text_variance

PRIOR = 2.0


class Seeds(NamedTuple):
    """The variance of a replicate's mean, with its degrees of freedom; with 0 of these it is not known."""

    variance: float
    freedom: float


class Sample(NamedTuple):
    """The values of a row, averaged over replicates, float64 [texts], and over texts, float64 [replicates]."""

    texts: npt.NDArray[np.float64]
    replicates: npt.NDArray[np.float64]
    seeds: Seeds

    @property
    def sd(self) -> float | None:
        """The standard deviation over replicates; None for a single one."""
        return float(self.replicates.std(ddof=1)) if len(self.replicates) > 1 else None


class Estimate(NamedTuple):
    """A mean over replicates and texts, with its standard error and degrees of freedom."""

    mean: float
    error: float
    freedom: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the two-sided t interval."""
        half = float(stdtrit(self.freedom, (1 + confidence) / 2)) * self.error
        return self.mean - half, self.mean + half

    def p_value(self) -> float:
        """Return the two-sided p value of a mean of 0."""
        return float(2 * stdtr(self.freedom, -abs(self.mean) / self.error))


def sample(values: Values, seeds: Seeds | None = None) -> Sample:
    """Summarise values float64 [replicates, texts]; the variance of seeds is by default that of these replicates."""
    own = Seeds(seed_variance(values), len(values) - 1)
    return Sample(values.mean(axis=0), values.mean(axis=1), seeds or own)


def moderate(groups: Mapping[str, list[Values]], alike: Mapping[str, str]) -> dict[str, Seeds]:
    """Estimate each row's variance of seeds, moderated over the rows that are `alike`: have the same value there.

    A row has one or several groups of replicates, float64 [replicates, texts]; variances are taken within each. The
    mean over alike rows includes the row itself: of few rows the two are correlated, which costs degrees of freedom.
    """
    own = {name: _within(values) for name, values in groups.items()}
    seeds = {}
    for name, (squares, freedom) in own.items():
        if not freedom:
            seeds[name] = Seeds(0.0, 0.0)
            continue
        pooled = [own[other] for other in own if alike[other] == alike[name]]
        total = sum(degrees for _, degrees in pooled)
        shared = sum(sum_of_squares for sum_of_squares, _ in pooled) / total
        weight = freedom / (freedom + PRIOR)
        # The variance of the weighted mean of both, as for chi-squared variables; the prior adds PRIOR at most.
        effective = 1 / (weight**2 / freedom + (1 - weight**2) / total)
        variance = weight * squares / freedom + (1 - weight) * shared
        seeds[name] = Seeds(variance, min(effective, freedom + PRIOR))
    return seeds


def _within(groups: list[Values]) -> tuple[float, float]:
    """Sum the squares of replicate means around the mean of their group, and the degrees of freedom."""
    freedoms = [len(values) - 1.0 for values in groups]
    return sum(f * seed_variance(values) for f, values in zip(freedoms, groups, strict=True)), sum(freedoms)


def estimate(row: Sample) -> Estimate:
    """Estimate the mean of a row."""
    return contrast([(1.0, row)])


def contrast(terms: Iterable[tuple[float, Sample]], paired: bool = False) -> Estimate:
    """Estimate a weighted sum of rows' means on the same texts, paired by text.

    Rows that are `paired` by replicate, too, share what varies between these, such as the draw of a label budget; a
    single replicate is paired with each. Otherwise seeds are independent from row to row.
    """
    used = [(weight, row) for weight, row in terms if weight]
    texts = np.sum([weight * row.texts for weight, row in used], axis=0)
    if paired:
        replicates = np.sum(np.broadcast_arrays(*(weight * row.replicates for weight, row in used)), axis=0)
        variance = float(replicates.var(ddof=1)) if len(replicates) > 1 else 0.0
        seeds = [(variance / len(replicates), len(replicates) - 1.0)]
    else:
        seeds = [(w**2 * row.seeds.variance / len(row.replicates), row.seeds.freedom) for w, row in used]
    parts = [(text_variance(texts), float(max(len(texts) - 1, 1))), *(part for part in seeds if part[1])]
    variance = sum(part for part, _ in parts)
    spread = sum(part**2 / freedom for part, freedom in parts)
    return Estimate(float(texts.mean()), variance**0.5, variance**2 / spread)


class Comparison(NamedTuple):
    """A mean with interval and p value that are corrected alike for a family of comparisons."""

    mean: float
    low: float
    high: float
    p_value: float


def differences(selected: Sample, others: list[Sample], confidence: float) -> list[Comparison]:
    """Compare the selected row with each other row on the same texts; the family is all these rows."""
    return corrected([contrast([(1.0, selected), (-1.0, other)]) for other in others], confidence)


def corrected(estimates: list[Estimate], confidence: float) -> list[Comparison]:
    """Correct a family by Holm's step-down method (1979); the order is kept.

    The chance of any false rejection among all is at most 1 - `confidence`. Each interval has the level at which Holm
    tests its comparison, and so excludes 0 exactly where the corrected p value is below 1 - `confidence`.
    """
    p_values = [each.p_value() for each in estimates]
    levels = holm_levels(p_values, 1 - confidence)
    return [
        Comparison(each.mean, *each.interval(1 - level), p)
        for each, level, p in zip(estimates, levels, holm(p_values), strict=True)
    ]


def holm(p_values: list[float]) -> list[float]:
    """Correct p values for multiple tests by Holm's step-down method; the order is kept.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values)
    adjusted = np.empty(len(p_values))
    least = 0.0
    for step, index in enumerate(order):
        least = max(least, min(1.0, p_values[index] * (len(p_values) - step)))
        adjusted[index] = least
    return [float(p) for p in adjusted]


def holm_levels(p_values: list[float], level: float) -> list[float]:
    """Return the level at which Holm tests each p value; after the first that is not rejected, the level stays.

    >>> holm_levels([0.01, 0.2, 0.04], 0.06)
    [0.02, 0.03, 0.03]
    """
    levels = np.empty(len(p_values))
    tested = level / max(len(p_values), 1)
    for step, index in enumerate(np.argsort(p_values)):
        levels[index] = tested
        if p_values[index] < tested and step + 1 < len(p_values):
            tested = level / (len(p_values) - step - 1)
    return [float(each) for each in levels]


def rounded(value: Any) -> float:
    """Round to six digits, as in all files of metrics/."""
    return round(float(value), 6)
