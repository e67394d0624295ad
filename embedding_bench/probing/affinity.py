"""Which class uses which words."""

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Integers


def usage_rates(rows: Integers, text_labels: Integers, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Count how often each class uses each row of the vocabulary, as a share of all its tokens.

    `rows` int32 [tokens] are the tokens of train, `text_labels` int32 [tokens] the classes of their texts; returns
    float64 [vocabulary, classes].
    """
    cells = rows.astype(np.int64) * shape[1] + text_labels
    table = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(float)
    rates: npt.NDArray[np.float64] = table / np.maximum(table.sum(axis=0), 1)
    return rates
