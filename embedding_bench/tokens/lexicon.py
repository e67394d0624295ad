"""Every token of the corpus, counted by split, while each text is encoded once."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from embedding_bench.artifacts.tokens import Encoded

BLOCK = 4_000_000  # tokens
TEXTS = 20_000


class Numbered(NamedTuple):
    """A split in the tokenizer's numbers: a file of int32, all texts end to end, and where each text begins."""

    path: Path
    offsets: npt.NDArray[np.int64]

    def blocks(self, texts: int | None = None) -> Iterator[npt.NDArray[np.int32]]:
        """Read the numbers of all texts, or of the first ones, a block at a time: a mapped file would stay resident."""
        left = int(self.offsets[-1 if texts is None else min(texts, len(self.offsets) - 1)])
        with self.path.open("rb") as file:
            while left:
                block = np.fromfile(file, np.int32, min(BLOCK, left))
                left -= len(block)
                yield block

    def batches(self) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:
        """Read the numbers of some texts at a time, and their lengths."""
        with self.path.open("rb") as file:
            for begin in range(0, len(self.offsets) - 1, TEXTS):
                lengths = np.diff(self.offsets[begin : begin + TEXTS + 1])
                yield np.fromfile(file, np.int32, int(lengths.sum())), lengths


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

    def close(self) -> Numbered:
        """Return what was written."""
        self.file.close()
        return Numbered(self.path, np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *self.lengths])))


def count(split: Numbered, size: int, texts: int | None = None) -> npt.NDArray[np.int64]:
    """Count the tokens of a split, or of its first `texts`: int64 [size]."""
    counts = np.zeros(size, dtype=np.int64)
    for block in split.blocks(texts):
        counts += np.bincount(block, minlength=size)
    return counts


def in_order(tokens: list[bytes], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Sort by falling count, then by token: the tokenizer's numbers in the lexicon's order."""
    alphabetical = pc.sort_indices(pa.array(tokens, pa.binary())).to_numpy().astype(np.int64)
    order: npt.NDArray[np.int64] = alphabetical[np.argsort(-counts[alphabetical], kind="stable")]
    return order


def lay_out(tokens: list[bytes], order: npt.NDArray[np.int64], counts: dict[str, npt.NDArray[np.int64]]) -> pa.Table:
    """Lay out the lexicon: the tokens and their columns of counts, sorted."""
    words = pa.array([tokens[number].decode("utf-8", "replace") for number in order], pa.string())
    return pa.table({"token": words, **{name: column[order] for name, column in counts.items()}})


def renumber(split: Numbered, order: npt.NDArray[np.int64], path: Path) -> Encoded:
    """Write the ids in the lexicon's order to an .npy file, a block at a time; return it mapped."""
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    with path.open("wb") as file:
        header = {"descr": "<i4", "fortran_order": False, "shape": (int(split.offsets[-1]),)}
        np.lib.format.write_array_header_1_0(file, header)
        for block in split.blocks():
            place[block].tofile(file)
    return Encoded(np.load(path, mmap_mode="r"), split.offsets)
