"""How much each row of the matrix tells of the classes, from counts of train."""

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.models.batching import distinct

PRIOR = 1.0  # added to the count of each row in each class


def naive_bayes_weights(texts: Encoded, labels: Labels, rows: int, classes: int) -> npt.NDArray[np.float32]:
    """Return the largest absolute log-count ratio of each row, in units of the mean over the rows in use.

    The ratio of row j for a class is log(p_j / sum p) - log(q_j / sum q), where p counts the texts of the class that
    have it, q those of the rest, each plus PRIOR (Wang and Manning, 2012).

    Args:
        texts: Train, as rows.
        labels: int32 [texts].
        rows: Of the matrix.
        classes: Number of classes.

    Returns:
        float32 [rows].
    """
    present = distinct(texts)
    owners = np.repeat(labels, np.diff(present.offsets)).astype(np.int64)
    counts = np.bincount(owners * rows + present.ids, minlength=classes * rows).reshape(classes, rows)
    inside = counts + PRIOR
    outside = counts.sum(axis=0) - counts + PRIOR
    ratios = np.log(inside / inside.sum(axis=1, keepdims=True)) - np.log(outside / outside.sum(axis=1, keepdims=True))
    weights = np.abs(ratios).max(axis=0)
    used = counts.any(axis=0)
    mean = weights[used].mean() if used.any() else 1.0
    scaled: npt.NDArray[np.float32] = (weights / (mean or 1.0)).astype(np.float32)
    return scaled
