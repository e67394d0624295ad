"""Which texts go into which batch, and what a batch is made of."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Integers, ranges
from embedding_bench.artifacts.embedding import PADDING
from embedding_bench.artifacts.tokens import Encoded

POOL = 50  # batches that are sorted by length together: few padded tokens, yet a new mix every epoch


class Batch(NamedTuple):
    """Some texts, their tokens end to end.

    `rows` int32 [unique] names each row of the embedding matrix that they use once, the padding first; `positions`
    int32 [tokens] says where among those each token's row stands, `segments` int32 [tokens] in which text it stands;
    `lengths` int32 [texts].
    """

    rows: Integers
    positions: Integers
    segments: Integers
    lengths: Integers


class Batcher:
    """Makes batches of encoded texts, without a loop over texts or tokens.

    `size` is the number of rows of the embedding matrix: marking the rows of a batch is faster than sorting them.
    """

    def __init__(self, size: int) -> None:
        self.used = np.zeros(size, dtype=bool)
        self.place = np.empty(size, dtype=np.int32)

    def take(self, encoded: Encoded, texts: npt.NDArray[np.int64]) -> Batch:
        """Gather some texts."""
        starts = encoded.offsets[texts]
        lengths = encoded.offsets[texts + 1] - starts
        ids = encoded.ids[ranges(starts, lengths)]
        segments = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
        rows = self._unique(ids)
        return Batch(rows, self.place[ids], segments, lengths.astype(np.int32))

    def _unique(self, ids: Integers) -> Integers:
        self.used[PADDING] = True
        self.used[ids] = True
        rows = np.flatnonzero(self.used).astype(np.int32)
        self.used[rows] = False
        self.place[rows] = np.arange(len(rows), dtype=np.int32)
        return rows


class Packed(NamedTuple):
    """Several batches end to end: each part of a Batch, and `ends` int32 [1 + batches, 4], where each part ends."""

    rows: Integers
    positions: Integers
    segments: Integers
    lengths: Integers
    ends: Integers


def pack(batches: Iterable[Batch]) -> Packed:
    """Lay batches end to end."""
    columns = list(zip(*batches, strict=True))
    sizes = np.asarray([[len(part) for part in column] for column in columns], dtype=np.int32)
    ends = np.concatenate([np.zeros((1, len(columns)), np.int32), np.cumsum(sizes, axis=1, dtype=np.int32).T])
    rows, positions, segments, lengths = map(np.concatenate, columns)
    return Packed(rows, positions, segments, lengths, ends)


def look_up(encoded: Encoded, remap: Integers, max_tokens: int | None) -> Encoded:
    """Turn lexicon ids into vocabulary rows, and cut texts after `max_tokens`."""
    lengths = np.diff(encoded.offsets)
    if max_tokens is None or lengths.max(initial=0) <= max_tokens:
        return Encoded(remap[encoded.ids], encoded.offsets)
    kept = np.minimum(lengths, max_tokens)
    ids = encoded.ids[ranges(encoded.offsets[:-1], kept)]
    return Encoded(remap[ids], np.concatenate([[0], np.cumsum(kept)]))


def distinct(encoded: Encoded) -> Encoded:
    """Keep each token of a text once, in the order of their ids."""
    texts, width = len(encoded), int(encoded.ids.max(initial=0)) + 1
    pairs = np.repeat(np.arange(texts, dtype=np.int64) * width, np.diff(encoded.offsets)) + encoded.ids
    pairs.sort()  # several times as fast as np.unique, which hashes
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return Encoded((pairs % width).astype(np.int32), np.searchsorted(pairs, np.arange(texts + 1) * width))


def part(encoded: Encoded, texts: npt.NDArray[np.int64]) -> Encoded:
    """Keep some texts."""
    lengths = np.diff(encoded.offsets)[texts]
    return Encoded(encoded.ids[ranges(encoded.offsets[texts], lengths)], np.concatenate([[0], np.cumsum(lengths)]))


def shuffled(texts: int, batch_size: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the numbers of all texts in random batches."""
    order = rng.permutation(texts)
    for start in range(0, texts, batch_size):
        yield order[start : start + batch_size]


def by_length(
    lengths: npt.NDArray[np.int64], batch_size: int, rng: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the numbers of all texts in random batches of similar length."""
    order = rng.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), batch_size * POOL):
        pool = order[start : start + batch_size * POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
    for number in rng.permutation(len(batches)):
        yield batches[number]


def in_order_of_length(lengths: npt.NDArray[np.int64], tokens: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the numbers of all texts, the shortest first, in batches of about `tokens` padded tokens."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        end = start + 1
        # The last text of a batch is its longest; grow until its length times the texts is too much.
        size = max(tokens // max(int(lengths[order[start]]), 1), 1)
        end = min(start + size, len(order))
        while end - start > 1 and lengths[order[end - 1]] * (end - start) > tokens:
            end -= max((end - start) // 8, 1)
        yield order[start:end]
        start = end
