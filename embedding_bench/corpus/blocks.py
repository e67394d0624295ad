"""Blocks of raw rows -> cleaned texts, with what later steps need of each."""

import hashlib
from collections import Counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from embedding_bench.arrays import Integers
from embedding_bench.corpus.cleaning import clean

LONG = 1_000_000  # characters; longer than most books, so probably not one text

Hashes = npt.NDArray[np.uint64]


class Block(NamedTuple):
    """Cleaned texts, hashes uint64 and word counts int32 [texts]; how many each step altered, how many are LONG."""

    texts: pa.StringArray
    hashes: Hashes
    word_counts: Integers
    changed: Counter[str]
    long: int


def clean_block(texts: list[str]) -> Block:
    """Clean the texts of a block."""
    changed: Counter[str] = Counter()
    cleaned = [clean(text, changed) for text in texts]
    long = sum(len(text) > LONG for text in texts)
    return Block(pa.array(cleaned, pa.string()), hash_texts(cleaned), count_words(cleaned), changed, long)


def hash_texts(texts: list[str]) -> Hashes:
    """Hash texts to detect duplicates, by 8-byte BLAKE2b: uint64 [texts]."""
    digests = b"".join(hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, dtype=np.uint64)


def count_words(texts: list[str]) -> Integers:
    """Count the whitespace-separated words of each text: int32 [texts]."""
    return np.fromiter((len(text.split()) for text in texts), np.int32, len(texts))
