"""Vectors of words from those of their character n-grams (Bojanowski et al., 2017)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from gensim.models.fasttext import ft_ngram_hashes

from embedding_bench.artifacts.vectors import WordVectors

BLOCK_WORDS = 10_000


class Ngrams(NamedTuple):
    """Vectors of hashed n-grams, float32 [buckets, dimensions], and the lengths of the n-grams in characters."""

    vectors: npt.NDArray[np.float32]
    shortest: int
    longest: int

    def of(self, word: str) -> list[int]:
        """Name the buckets of a word's n-grams; a short word may have none."""
        return ft_ngram_hashes(word, self.shortest, self.longest, len(self.vectors)) if len(self.vectors) else []


def compose(tokens: Sequence[str], ngrams: Ngrams) -> Iterator[WordVectors]:
    """Yield, in blocks, the tokens that have n-grams, each with the mean of their vectors."""
    for start in range(0, len(tokens), BLOCK_WORDS):
        words, rows = [], []
        for token in tokens[start : start + BLOCK_WORDS]:
            if buckets := ngrams.of(token):
                words.append(token)
                rows.append(ngrams.vectors[buckets].mean(axis=0))
        if words:
            yield WordVectors(pa.array(words, pa.string()), np.stack(rows), composed=len(words))


def unseen(tokens: Sequence[str], words: Sequence[str]) -> list[str]:
    """Keep the tokens that are none of the words, in their order."""
    known = set(words)
    return [token for token in tokens if token not in known]
