"""How much each row of the matrix tells of the classes, from counts of train."""

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.evaluation.naive_bayes import log_count_ratios
from embedding_bench.models.batching import distinct


def naive_bayes_weights(texts: Encoded, labels: Labels, rows: int, classes: int) -> npt.NDArray[np.float32]:
    """Return the largest absolute log-count ratio of each row over classes, in units of the mean over the rows in use.

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
    weights = np.abs(log_count_ratios(counts, counts.sum(axis=0) - counts)).max(axis=0)
    used = counts.any(axis=0)
    mean = weights[used].mean() if used.any() else 1.0
    scaled: npt.NDArray[np.float32] = (weights / (mean or 1.0)).astype(np.float32)
    return scaled
