"""What is kept in memory of a split's rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels

Bools = npt.NDArray[np.bool_]


@dataclass
class Rows:
    """Some numbers a text, never the text; `changed` and `long` count texts."""

    labels: Labels
    hashes: npt.NDArray[np.uint64]
    words: npt.NDArray[np.int32]
    changed: Counter[str] = field(default_factory=Counter)
    long: int = 0

    def take(self, mask: Bools) -> "Rows":
        """Return the rows that the mask marks."""
        return Rows(self.labels[mask], self.hashes[mask], self.words[mask])

    @classmethod
    def join(cls, parts: Sequence[Self]) -> "Rows":
        """Return the rows of all parts in their order."""
        return Rows(
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.hashes for part in parts]),
            np.concatenate([part.words for part in parts]),
        )
