"""Word usage by class."""

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Integers


def usage_rates(rows: Integers, text_labels: Integers, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return the share of each vocabulary row in the tokens of each class: float64 [vocabulary, classes].

    `rows` int32 [tokens] are the tokens of train, `text_labels` int32 [tokens] the classes of their texts.

    >>> usage_rates(np.array([0, 1, 1]), np.array([0, 0, 1]), (2, 2)).tolist()
    [[0.5, 0.0], [0.5, 1.0]]
    """
    cells = rows.astype(np.int64) * shape[1] + text_labels
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(float)
    rates: npt.NDArray[np.float64] = counts / np.maximum(counts.sum(axis=0), 1)
    return rates
