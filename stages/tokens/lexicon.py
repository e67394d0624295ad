"""Every token of the corpus, counted by split, while each text is encoded once."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stages.core.artifacts.tokens import Encoded

BLOCK = 4_000_000


class LexiconBuilder:
    """Gives each new token the next number; the final numbers are known once all splits are read."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}

    def encode(self, tokens: Iterable[bytes], positions: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Number the unique tokens of a batch and look its text up in them: int32 [tokens]."""
        numbers = self.numbers
        found = np.fromiter((numbers.setdefault(token, len(numbers)) for token in tokens), np.int32)
        return found[positions]

    def order(self, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Sort by falling count, then by token: the builder's numbers in the lexicon's order."""
        names = np.empty(len(self.numbers), dtype=object)
        names[:] = list(self.numbers)
        alphabetical = np.argsort(names, kind="stable")
        return alphabetical[np.argsort(-counts[alphabetical], kind="stable")]

    def table(self, order: npt.NDArray[np.int64], counts: dict[str, npt.NDArray[np.int64]]) -> pa.Table:
        """Lay out the lexicon: the tokens and their columns of counts, sorted."""
        tokens = list(self.numbers)
        words = pa.array([tokens[number].decode("utf-8", "replace") for number in order], pa.string())
        return pa.table({"token": words, **{name: column[order] for name, column in counts.items()}})


class SplitWriter:
    """Collects the numbers of one split in a scratch file, so that long tables do not fill the memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: BinaryIO = path.open("wb")
        self.lengths: list[npt.NDArray[np.int64]] = []

    def append(self, ids: npt.NDArray[np.int32], lengths: npt.NDArray[np.int64]) -> None:
        """Add a batch: the numbers of its texts end to end, and the length of each text."""
        ids.tofile(self.file)
        self.lengths.append(lengths)

    def close(self) -> Encoded:
        """Return what was written, mapped."""
        self.file.close()
        lengths = np.concatenate([np.zeros(1, dtype=np.int64), *self.lengths])
        empty = self.path.stat().st_size == 0
        ids = np.zeros(0, np.int32) if empty else np.memmap(self.path, dtype=np.int32, mode="r")
        return Encoded(ids, np.cumsum(lengths))


def count(encoded: Encoded, size: int, texts: int | None = None) -> npt.NDArray[np.int64]:
    """Count the tokens of a split, or of its first `texts`: int64 [size]."""
    end = encoded.offsets[min(texts, len(encoded))] if texts is not None else len(encoded.ids)
    counts = np.zeros(size, dtype=np.int64)
    for start in range(0, int(end), BLOCK):
        counts += np.bincount(encoded.ids[start : min(start + BLOCK, int(end))], minlength=size)
    return counts


def renumber(encoded: Encoded, order: npt.NDArray[np.int64], path: Path) -> Encoded:
    """Write the ids in the lexicon's order to an .npy file, a block at a time."""
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    ids = np.lib.format.open_memmap(path, mode="w+", dtype=np.int32, shape=encoded.ids.shape)
    for start in range(0, len(ids), BLOCK):
        ids[start : start + BLOCK] = place[encoded.ids[start : start + BLOCK]]
    ids.flush()
    return Encoded(ids, encoded.offsets)
