"""The lexicon: every token of the corpus with its counts by split, and the encoded splits."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from embedding_bench.arrays import Integers, Positions
from embedding_bench.artifacts.tokens import Encoded

BLOCK = 4_000_000  # tokens
BATCH_TEXTS = 20_000


class TokenizedSplit(NamedTuple):
    """A split in the ids of the tokenizer: a file of int32, all texts concatenated, and their offsets [texts + 1]."""

    path: Path
    offsets: Positions

    def blocks(self, texts: int | None = None) -> Iterator[Integers]:
        """Yield the ids of all texts, or of the first `texts`, in blocks: a memory-mapped file would stay resident."""
        remaining = int(self.offsets[-1 if texts is None else min(texts, len(self.offsets) - 1)])
        with self.path.open("rb") as file:
            while remaining:
                block = np.fromfile(file, np.int32, min(BLOCK, remaining))
                remaining -= len(block)
                yield block

    def batches(self) -> Iterator[tuple[Integers, Positions]]:
        """Yield the ids int32 [tokens] and lengths int64 [texts] of BATCH_TEXTS texts at a time."""
        with self.path.open("rb") as file:
            for start in range(0, len(self.offsets) - 1, BATCH_TEXTS):
                lengths = np.diff(self.offsets[start : start + BATCH_TEXTS + 1])
                yield np.fromfile(file, np.int32, int(lengths.sum())), lengths


class SplitWriter:
    """Writes the ids of one split to a scratch file, so that large corpora do not fill the memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: BinaryIO = path.open("wb")
        self.lengths: list[Positions] = []

    def append(self, ids: Integers, lengths: Positions) -> None:
        """Append a batch: its token ids int32 [tokens], concatenated, and text lengths int64 [texts]."""
        ids.tofile(self.file)
        self.lengths.append(lengths)

    def close(self) -> TokenizedSplit:
        """Close the file and return the written split."""
        self.file.close()
        return TokenizedSplit(self.path, np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *self.lengths])))


def count(split: TokenizedSplit, size: int, texts: int | None = None) -> Positions:
    """Count each token id in a split, or in its first `texts`: int64 [size]."""
    counts = np.zeros(size, dtype=np.int64)
    for block in split.blocks(texts):
        counts += np.bincount(block, minlength=size)
    return counts


def lexicon_order(tokens: list[bytes], counts: Positions) -> Positions:
    """Return the tokenizer's ids in the order of the lexicon: by descending count, then by token.

    >>> lexicon_order([b"b", b"a", b"c"], np.array([1, 1, 2])).tolist()
    [2, 1, 0]
    """
    alphabetical = pc.sort_indices(pa.array(tokens, pa.binary())).to_numpy().astype(np.int64)
    order: Positions = alphabetical[np.argsort(-counts[alphabetical], kind="stable")]
    return order


def build_lexicon(tokens: list[bytes], order: Positions, counts: dict[str, Positions]) -> pa.Table:
    """Build the lexicon: a row for each token with its columns of counts, in the given order."""
    words = pa.array([tokens[token_id].decode("utf-8", "replace") for token_id in order], pa.string())
    return pa.table({"token": words, **{name: column[order] for name, column in counts.items()}})


def write_rows(split: TokenizedSplit, order: Positions, path: Path) -> Encoded:
    """Write a split in lexicon rows to an .npy file, block by block; return it memory-mapped."""
    row_of = np.empty(len(order), dtype=np.int32)
    row_of[order] = np.arange(len(order), dtype=np.int32)
    with path.open("wb") as file:
        header = {"descr": "<i4", "fortran_order": False, "shape": (int(split.offsets[-1]),)}
        np.lib.format.write_array_header_1_0(file, header)
        for block in split.blocks():
            row_of[block].tofile(file)
    return Encoded(np.load(path, mmap_mode="r"), split.offsets)
