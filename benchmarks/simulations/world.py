"""Simulated classifiers of two classes, whose true accuracy is known.

The margin of a text is skill + difficulty of the text + noise, on the probit scale; an answer is right where it is
positive. A replicate's skill varies with its seed.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from embedding_bench.arrays import Labels, Probabilities

DIFFICULTY, NOISE = 1.0, 0.5  # standard deviations
MARGIN = float(np.hypot(DIFFICULTY, NOISE))
DRAWS = 1_000_000  # for quantiles of a distribution without a formula

Margins = npt.NDArray[np.float64]  # [replicates, texts]


class Kind(NamedTuple):
    """How the margins of a classifier become probabilities.

    `sharpness` multiplies them; `heavy` noise has Student's t distribution of 2 degrees of freedom, so that some
    answers are confident and wrong.
    """

    sharpness: float = 3.0
    heavy: bool = False


def difficulties(rng: np.random.Generator, texts: int) -> npt.NDArray[np.float64]:
    """Draw the difficulty of each text, which all classifiers share."""
    return rng.normal(0, DIFFICULTY, texts)


def margins(
    rng: np.random.Generator, skills: npt.NDArray[np.float64], texts: npt.NDArray[np.float64], heavy: bool = False
) -> Margins:
    """Draw margins float64 [replicates, texts] from the skill of each replicate and the difficulty of each text."""
    return skills[:, np.newaxis] + texts + _noise(rng, (len(skills), len(texts)), heavy)


def skill_of(accuracy: float, seed_sd: float = 0.0, heavy: bool = False) -> float:
    """Return the mean skill that gives an accuracy over all texts and seeds; `seed_sd` is that of the skill.

    Where noise is heavy, seeds are taken not to vary.
    """
    if not heavy:
        return float(stats.norm.ppf(accuracy) * np.hypot(MARGIN, seed_sd))
    return -float(np.quantile(_heavy_margins(), 1 - accuracy))


def seed_sd_of(points: float, accuracy: float) -> float:
    """Return the standard deviation of the skill that gives one of accuracy, in points: the slope of its curve."""
    slope = stats.norm.pdf(stats.norm.ppf(accuracy)) / MARGIN
    return float(points / 100 / slope)


def to_probabilities(margins: Margins, labels: Labels, sharpness: float) -> Probabilities:
    """Give the actual class of each text the probability that its margin says: float32 [replicates, texts, 2]."""
    actual = 1 / (1 + np.exp(-np.clip(sharpness * margins, -30, 30)))
    first = np.where(labels == 0, actual, 1 - actual)
    return np.stack([first, 1 - first], axis=2).astype(np.float32)


def _noise(rng: np.random.Generator, shape: tuple[int, ...], heavy: bool) -> npt.NDArray[np.float64]:
    return NOISE * (rng.standard_t(2, shape) if heavy else rng.normal(0, 1, shape))


@cache
def _heavy_margins() -> npt.NDArray[np.float64]:
    rng = np.random.default_rng(5)
    return rng.normal(0, DIFFICULTY, DRAWS) + _noise(rng, (DRAWS,), heavy=True)
