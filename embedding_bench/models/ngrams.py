"""N-grams as tokens of their own: the frequent ones of train, each with a row after those of the vocabulary."""

from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Integers, Positions
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.settings.encoders import Ngrams

FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: consecutive numbers spread evenly
SHIFT = np.uint64(32)


class NgramRows(NamedTuple):
    """The n-grams of adjacent tokens that have a row, and how texts get them.

    Attributes:
        keys: Hashes of the n-grams in rising order, int64 [n-grams]; 64 bits make a collision unlikely.
        longest: Tokens of the longest n-gram.
        first: The row of the first n-gram.
    """

    keys: Positions
    longest: int
    first: int

    def extend(self, texts: Encoded) -> Encoded:
        """Append to each text the rows of its known n-grams."""
        if not len(self.keys):
            return texts
        keys, numbers = hash_ngrams(texts, self.longest)
        places = np.searchsorted(self.keys, keys)
        places[places == len(self.keys)] = 0
        known = self.keys[places] == keys
        rows = (self.first + places[known]).astype(np.int32)
        own = np.repeat(np.arange(len(texts)), np.diff(texts.offsets))
        segments = np.concatenate([own, numbers[known]])
        order = np.argsort(segments, kind="stable")
        ids = np.concatenate([texts.ids, rows])[order]
        return Encoded(ids, np.searchsorted(segments[order], np.arange(len(texts) + 1)))


def learn_ngrams(train: Encoded, settings: Ngrams, vocabulary: int) -> NgramRows:
    """Choose the most frequent n-grams of train; `vocabulary` is the number of rows that tokens have."""
    keys, counts = np.unique(hash_ngrams(train, settings.longest)[0], return_counts=True)
    keys, counts = keys[counts >= settings.min_count], counts[counts >= settings.min_count]
    kept = np.argsort(-counts, kind="stable")[: settings.size]
    return NgramRows(np.sort(keys[kept]), settings.longest, vocabulary)


def hash_ngrams(texts: Encoded, longest: int) -> tuple[Positions, Integers]:
    """Return the hash of each n-gram of 2 to `longest` tokens, int64, and the number of its text."""
    lengths = np.diff(texts.offsets)
    numbers = np.repeat(np.arange(len(texts)), lengths)
    left = np.repeat(texts.offsets[1:], lengths) - np.arange(len(texts.ids))  # tokens from each to the end of its text
    ids = texts.ids.astype(np.uint64)
    hashes, found, owners = _mix(ids), [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for length in range(2, longest + 1):
        hashes = _mix(hashes[:-1] ^ ids[length - 1 :])
        whole = left[: len(hashes)] >= length
        found.append(hashes[whole])
        owners.append(numbers[: len(hashes)][whole])
    return np.concatenate(found).view(np.int64), np.concatenate(owners)


def _mix(values: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    values = (values + np.uint64(1)) * FACTOR  # modulo 2^64
    return values ^ (values >> SHIFT)
