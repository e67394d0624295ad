"""Batches of encoded texts: which texts share a batch, and the arrays of a batch."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Integers, ranges
from embedding_bench.artifacts.embedding import PADDING
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.models.ngrams import NgramRows
from embedding_bench.settings.encoders import EncoderSettings

POOL = 50  # batches sorted by length together: little padding, and new batches in every epoch


class Batch(NamedTuple):
    """Texts as flat arrays of their tokens.

    Attributes:
        rows: Distinct rows of the embedding matrix that the texts use, the padding first, int32 [unique].
        positions: Position of each token's row in `rows`, int32 [tokens].
        segments: Number of the text that each token belongs to, int32 [tokens].
        lengths: Tokens of each text, int32 [texts].
    """

    rows: Integers
    positions: Integers
    segments: Integers
    lengths: Integers


class Batcher:
    """Makes batches of encoded texts without a Python loop over texts or tokens; not thread-safe.

    `size` is the number of rows of the embedding matrix. Marking the rows of a batch is faster than sorting them.
    """

    def __init__(self, size: int) -> None:
        self.used = np.zeros(size, dtype=bool)
        self.position = np.empty(size, dtype=np.int32)

    def take(self, encoded: Encoded, texts: npt.NDArray[np.int64]) -> Batch:
        """Make a batch of some texts, by number."""
        starts = encoded.offsets[texts]
        lengths = encoded.offsets[texts + 1] - starts
        ids = encoded.ids[ranges(starts, lengths)]
        segments = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
        rows = self._unique(ids)
        return Batch(rows, self.position[ids], segments, lengths.astype(np.int32))

    def _unique(self, ids: Integers) -> Integers:
        self.used[PADDING] = True
        self.used[ids] = True
        rows = np.flatnonzero(self.used).astype(np.int32)
        self.used[rows] = False
        self.position[rows] = np.arange(len(rows), dtype=np.int32)
        return rows


class Packed(NamedTuple):
    """Several batches: the arrays of Batch, concatenated, and their boundaries, `ends` int32 [1 + batches, 4]."""

    rows: Integers
    positions: Integers
    segments: Integers
    lengths: Integers
    ends: Integers


def pack(batches: Iterable[Batch]) -> Packed:
    """Concatenate batches, for one call of the graph."""
    columns = list(zip(*batches, strict=True))
    sizes = np.asarray([[len(part) for part in column] for column in columns], dtype=np.int32)
    ends = np.concatenate([np.zeros((1, len(columns)), np.int32), np.cumsum(sizes, axis=1, dtype=np.int32).T])
    rows, positions, segments, lengths = map(np.concatenate, columns)
    return Packed(rows, positions, segments, lengths, ends)


def prepare(encoded: Encoded, remap: Integers, encoder: EncoderSettings, ngrams: NgramRows | None = None) -> Encoded:
    """Map lexicon ids to the rows of the embedding matrix that an encoder reads.

    Texts are truncated after `max_tokens`. For an encoder of distinct tokens, repeated rows of a text are dropped.
    `remap` int32 [lexicon] is the vocabulary row of each id; `ngrams` add theirs.
    """
    rows = look_up(encoded, remap, encoder.max_tokens)
    if ngrams:
        rows = ngrams.extend(rows)
    return distinct(rows) if encoder.distinct else rows


def look_up(encoded: Encoded, remap: Integers, max_tokens: int | None) -> Encoded:
    """Map lexicon ids to vocabulary rows, of the first `max_tokens` tokens of each text."""
    lengths = np.diff(encoded.offsets)
    if max_tokens is None or lengths.max(initial=0) <= max_tokens:
        return Encoded(remap[encoded.ids], encoded.offsets)
    lengths = np.minimum(lengths, max_tokens)
    ids = encoded.ids[ranges(encoded.offsets[:-1], lengths)]
    return Encoded(remap[ids], np.concatenate([[0], np.cumsum(lengths)]))


def distinct(encoded: Encoded) -> Encoded:
    """Drop repeated tokens of each text; the rest is in the order of ids."""
    texts, width = len(encoded), int(encoded.ids.max(initial=0)) + 1
    pairs = np.repeat(np.arange(texts, dtype=np.int64) * width, np.diff(encoded.offsets)) + encoded.ids
    pairs.sort()  # several times as fast as np.unique, which hashes
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return Encoded((pairs % width).astype(np.int32), np.searchsorted(pairs, np.arange(texts + 1) * width))


def select(encoded: Encoded, texts: npt.NDArray[np.int64]) -> Encoded:
    """Return some texts, by number."""
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


def sorted_by_length(lengths: npt.NDArray[np.int64], tokens: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the numbers of all texts, the shortest first, in batches of about `tokens` padded tokens."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        end = start + 1
        # The last text of a batch is its longest: all texts are padded to its length.
        size = max(tokens // max(int(lengths[order[start]]), 1), 1)
        end = min(start + size, len(order))
        while end - start > 1 and lengths[order[end - 1]] * (end - start) > tokens:
            end -= max((end - start) // 8, 1)
        yield order[start:end]
        start = end
