"""Word vectors composed from character n-gram vectors (Bojanowski et al., 2017)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from gensim.models.fasttext import ft_ngram_hashes

from embedding_bench.arrays import Matrix
from embedding_bench.artifacts.vectors import WordVectors

BLOCK_WORDS = 10_000


class Ngrams(NamedTuple):
    """Vectors of n-gram buckets, float32 [buckets, dimensions], and the n-gram lengths in characters."""

    vectors: Matrix
    shortest: int
    longest: int

    def buckets(self, word: str) -> list[int]:
        """Hash the n-grams of a word into buckets; a short word may have none."""
        return ft_ngram_hashes(word, self.shortest, self.longest, len(self.vectors)) if len(self.vectors) else []


def compose(tokens: Sequence[str], ngrams: Ngrams) -> Iterator[WordVectors]:
    """Yield blocks of the tokens with n-grams, each with the mean of its n-gram vectors."""
    for start in range(0, len(tokens), BLOCK_WORDS):
        words, vectors = [], []
        for token in tokens[start : start + BLOCK_WORDS]:
            if buckets := ngrams.buckets(token):
                words.append(token)
                vectors.append(ngrams.vectors[buckets].mean(axis=0))
        if words:
            yield WordVectors(pa.array(words, pa.string()), np.stack(vectors), composed=len(words))


def out_of_vocabulary(tokens: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return the tokens outside the vocabulary `words`, in their order."""
    vocabulary = set(words)
    return [token for token in tokens if token not in vocabulary]
