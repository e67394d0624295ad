"""What becomes of words after they are numbered: pieces of them, n-grams, or buckets.

A change takes the numbers of some texts' tokens and returns those of other tokens, whose names are in `tokens`.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import ranges
from embedding_bench.tensorflow import tf
from embedding_bench.tokens.subwords import Subwords
from embedding_bench.tokens.vectorizers import name_buckets

Numbers = npt.NDArray[np.int32]
Lengths = npt.NDArray[np.int64]


class Change(Protocol):
    """One step from tokens to other tokens; `tokens` is whole once all texts have gone through."""

    tokens: list[bytes]

    def __call__(self, ids: Numbers, lengths: Lengths) -> tuple[Numbers, Lengths]:
        """Change texts, end to end: numbers int32 [tokens] and lengths int64 [texts]."""


class Pieces:
    """Each word becomes its subwords."""

    def __init__(self, words: list[bytes], subwords: Subwords) -> None:
        pieces, sizes = subwords.cut(words)
        numbers: dict[bytes, int] = {}
        self.pieces = np.fromiter((numbers.setdefault(piece, len(numbers)) for piece in pieces), np.int32, len(pieces))
        self.begins = np.concatenate([[0], np.cumsum(sizes)])
        self.tokens = list(numbers)

    def __call__(self, ids: Numbers, lengths: Lengths) -> tuple[Numbers, Lengths]:
        """Put the pieces in the words' place."""
        return expand(ids, lengths, self.begins, self.pieces)


class Ngrams:
    """Each text gets the n-grams of its tokens, after its single tokens; their parts are joined by a space."""

    def __init__(self, tokens: list[bytes], longest: int) -> None:
        self.tokens, self.longest = list(tokens), longest
        self.known: dict[int, int] = {}  # an n-gram, as its head's number and its last token's, and its own number

    def __call__(self, ids: Numbers, lengths: Lengths) -> tuple[Numbers, Lengths]:
        """Add the n-grams."""
        begins = np.cumsum(lengths) - lengths
        parts, sizes = [ids], [lengths]
        for size in range(2, self.longest + 1):
            heads, counts = parts[-1], np.maximum(lengths - size + 1, 0)
            firsts = heads[ranges(np.cumsum(sizes[-1]) - sizes[-1], counts)]
            parts.append(self._number(firsts, ids[ranges(begins + size - 1, counts)]))
            sizes.append(counts)
        return _side_by_side(parts, sizes)

    def _number(self, heads: Numbers, lasts: Numbers) -> Numbers:
        keys, inverse = np.unique(heads.astype(np.int64) << 32 | lasts, return_inverse=True)
        numbers = np.empty(len(keys), dtype=np.int32)
        for place, key in enumerate(keys.tolist()):
            found = self.known.get(key)
            if found is None:
                found = self.known[key] = len(self.tokens)
                self.tokens.append(b"%b %b" % (self.tokens[key >> 32], self.tokens[key & 0xFFFFFFFF]))
            numbers[place] = found
        return numbers[inverse]


class Buckets:
    """Each token becomes the bucket that it is hashed into."""

    def __init__(self, tokens: list[bytes], buckets: int) -> None:
        names = name_buckets(tf.constant(tokens, tf.string), buckets).numpy()
        numbers: dict[bytes, int] = {}
        self.bucket = np.fromiter((numbers.setdefault(name, len(numbers)) for name in names), np.int32, len(names))
        self.tokens = list(numbers)

    def __call__(self, ids: Numbers, lengths: Lengths) -> tuple[Numbers, Lengths]:
        """Put the buckets in the tokens' place."""
        return self.bucket[ids], lengths


def expand(
    which: npt.NDArray[np.integer], lengths: Lengths, begins: Lengths, parts: Numbers
) -> tuple[Numbers, Lengths]:
    """Put the parts of things in their place: those of thing i stand from `begins[i]` to `begins[i + 1]`."""
    counts = begins[which + 1] - begins[which]
    ends = np.concatenate([[0], np.cumsum(counts)])
    return parts[ranges(begins[which], counts)], np.diff(ends[np.concatenate([[0], np.cumsum(lengths)])])


def _side_by_side(parts: list[Numbers], sizes: list[Lengths]) -> tuple[Numbers, Lengths]:
    """Join, for each text, its share of each part."""
    lengths = np.sum(sizes, axis=0)
    joined = np.empty(lengths.sum(), dtype=np.int32)
    begins = np.cumsum(lengths) - lengths
    for part, counts in zip(parts, sizes, strict=True):
        joined[ranges(begins, counts)] = part
        begins = begins + counts
    return joined, lengths
