"""Which rows go to which split."""

import numpy as np
import numpy.typing as npt

from stages.core.errors import UserError


def stratified(
    labels: npt.NDArray[np.int32], share: float, seed: int, names: list[str], split: str
) -> npt.NDArray[np.bool_]:
    """Choose `share` of the rows, the same share of each class (rounded, at least one text): bool [rows].

    Raises:
        UserError: A class has fewer than two texts, so that one side would have none.
    """
    chosen = np.zeros(len(labels), dtype=bool)
    rng = np.random.default_rng(seed)
    for label, name in enumerate(names):
        rows = np.flatnonzero(labels == label)
        if len(rows) < 2:
            raise UserError(
                f"class '{name}': {len(rows)} text to share between train and {split}; "
                "add texts of this class, or remove it from the data"
            )
        count = min(max(round(share * len(rows)), 1), len(rows) - 1)
        chosen[rng.permutation(rows)[:count]] = True
    return chosen


def first_occurrences(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Mark each text that no earlier row equals: bool [rows]."""
    first = np.zeros(len(hashes), dtype=bool)
    first[np.unique(hashes, return_index=True)[1]] = True
    return first
