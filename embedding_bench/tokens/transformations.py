"""Transformations of token ids: words -> subwords, tokens -> n-grams, tokens -> hash buckets.

A change maps the ids of a batch of texts to ids of new tokens; `tokens` has the new tokens by id.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Integers, Positions, ranges
from embedding_bench.tensorflow import tf
from embedding_bench.tokens.subwords import Subwords
from embedding_bench.tokens.vectorizers import name_buckets


class Transformation(Protocol):
    """A transformation of token ids; `tokens` is complete after the last batch."""

    tokens: list[bytes]

    def __call__(self, ids: Integers, lengths: Positions) -> tuple[Integers, Positions]:
        """Transform a batch: concatenated ids int32 [tokens] and text lengths int64 [texts]."""


class Pieces:
    """Replaces each word by its subword pieces."""

    def __init__(self, words: list[bytes], subwords: Subwords) -> None:
        pieces, sizes = subwords.split(words)
        ids: dict[bytes, int] = {}
        self.piece_ids = np.fromiter((ids.setdefault(piece, len(ids)) for piece in pieces), np.int32, len(pieces))
        self.offsets = np.concatenate([[0], np.cumsum(sizes)])
        self.tokens = list(ids)

    def __call__(self, ids: Integers, lengths: Positions) -> tuple[Integers, Positions]:
        """Replace the words by their pieces."""
        return expand(ids, lengths, self.offsets, self.piece_ids)


class Ngrams:
    """Appends to the tokens of each text its n-grams, shortest first, joined by spaces."""

    def __init__(self, tokens: list[bytes], longest: int) -> None:
        self.tokens, self.longest = list(tokens), longest
        self.ngram_ids: dict[int, int] = {}  # keyed by prefix id << 32 | id of the last token

    def __call__(self, ids: Integers, lengths: Positions) -> tuple[Integers, Positions]:
        """Append the n-grams."""
        starts = np.cumsum(lengths) - lengths
        parts, sizes = [ids], [lengths]  # by n: the n-grams of all texts, and their number in each text
        for n in range(2, self.longest + 1):
            shorter, counts = parts[-1], np.maximum(lengths - n + 1, 0)
            prefixes = shorter[ranges(np.cumsum(sizes[-1]) - sizes[-1], counts)]
            parts.append(self._encode(prefixes, ids[ranges(starts + n - 1, counts)]))
            sizes.append(counts)
        return _interleave(parts, sizes)

    def _encode(self, prefixes: Integers, last_tokens: Integers) -> Integers:
        """Return the ids of n-grams, given as (n-1)-gram ids and last token ids; new n-grams get the next ids."""
        keys, inverse = np.unique(prefixes.astype(np.int64) << 32 | last_tokens, return_inverse=True)
        ids = np.empty(len(keys), dtype=np.int32)
        for index, key in enumerate(keys.tolist()):
            ngram_id = self.ngram_ids.get(key)
            if ngram_id is None:
                ngram_id = self.ngram_ids[key] = len(self.tokens)
                self.tokens.append(b"%b %b" % (self.tokens[key >> 32], self.tokens[key & 0xFFFFFFFF]))
            ids[index] = ngram_id
        return ids[inverse]


class Buckets:
    """Replaces each token by its hash bucket."""

    def __init__(self, tokens: list[bytes], buckets: int) -> None:
        names = name_buckets(tf.constant(tokens, tf.string), buckets).numpy()
        ids: dict[bytes, int] = {}
        self.bucket_ids = np.fromiter((ids.setdefault(name, len(ids)) for name in names), np.int32, len(names))
        self.tokens = list(ids)

    def __call__(self, ids: Integers, lengths: Positions) -> tuple[Integers, Positions]:
        """Replace the tokens by their buckets."""
        return self.bucket_ids[ids], lengths


def expand(
    ids: npt.NDArray[np.integer], lengths: Positions, offsets: Positions, parts: Integers
) -> tuple[Integers, Positions]:
    """Replace each id by its parts, `parts[offsets[id]:offsets[id + 1]]`; return the parts and the new text lengths.

    >>> ids, lengths = expand(np.array([1, 0, 1]), np.array([2, 1]), np.array([0, 1, 3]), np.array([7, 8, 9]))
    >>> ids.tolist(), lengths.tolist()
    ([8, 9, 7, 8, 9], [3, 2])
    """
    counts = offsets[ids + 1] - offsets[ids]
    ends = np.concatenate([[0], np.cumsum(counts)])
    return parts[ranges(offsets[ids], counts)], np.diff(ends[np.concatenate([[0], np.cumsum(lengths)])])


def _interleave(parts: list[Integers], sizes: list[Positions]) -> tuple[Integers, Positions]:
    """Concatenate by text: of each text, its `sizes[i]` ids of each `parts[i]`."""
    lengths = np.sum(sizes, axis=0)
    ids = np.empty(lengths.sum(), dtype=np.int32)
    starts = np.cumsum(lengths) - lengths
    for part, counts in zip(parts, sizes, strict=True):
        ids[ranges(starts, counts)] = part
        starts = starts + counts
    return ids, lengths
