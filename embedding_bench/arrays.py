"""Array types that packages share, and ranges of positions in flat arrays."""

from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int32]  # ids, lengths, rows
Positions = npt.NDArray[np.int64]  # places in an array, counts
Matrix = npt.NDArray[np.float32]  # [rows, dimensions]
Labels = npt.NDArray[np.int32]  # [texts]; -1 is unlabelled
Probabilities = npt.NDArray[np.float32]  # [texts, classes] or [replicates, texts, classes]
Floats = npt.NDArray[np.floating[Any]]


def ranges(starts: Positions, lengths: Positions) -> Positions:
    """Concatenate ranges: starts[0], starts[0] + 1, ..., starts[1], ...; all int64.

    >>> ranges(np.array([3, 10]), np.array([2, 3])).tolist()
    [3, 4, 10, 11, 12]
    """
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
