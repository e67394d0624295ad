"""Per-row data of a split in memory; the texts stay on disk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Integers, Labels

Bools = npt.NDArray[np.bool_]


@dataclass
class Rows:
    """Labels, hashes uint64 and word counts int32 of the texts of a split, each [texts].

    `changed` counts the texts that each cleaning step altered, `long` those with more characters than blocks.LONG.
    """

    labels: Labels
    hashes: npt.NDArray[np.uint64]
    word_counts: Integers
    changed: Counter[str] = field(default_factory=Counter)
    long: int = 0

    def take(self, mask: Bools) -> "Rows":
        """Return the rows where `mask` is true."""
        return Rows(self.labels[mask], self.hashes[mask], self.word_counts[mask])

    @classmethod
    def join(cls, parts: Sequence[Self]) -> "Rows":
        """Concatenate the rows of all parts."""
        return Rows(
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.hashes for part in parts]),
            np.concatenate([part.word_counts for part in parts]),
        )
