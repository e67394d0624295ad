"""Models saved by fastText (.bin): a header, the words, and one matrix of word and n-gram bucket vectors.

The layout follows `FastText::saveModel` of fastText 0.9.2. The matrix is memory-mapped: published models have 5-7 GB.
"""

import mmap
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from embedding_bench.arrays import Matrix
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.vectors.formats.streams import FASTTEXT_MAGIC, open_binary
from embedding_bench.vectors.ngrams import BLOCK_WORDS, Ngrams, compose, out_of_vocabulary

HEADER = struct.Struct("<2i12id")  # magic, version, 12 training arguments, down-sampling rate
SIZES = struct.Struct("<3i2q")  # entries, words, labels, tokens, pruned n-grams
END_OF_TEXT = "</s>"  # fastText's end-of-line token, which has no n-grams
WORD_SUFFIX = 9  # bytes after each word: its count and type
MATRIX = struct.Struct("<?2q")  # quantised?, rows, columns


class Model(NamedTuple):
    """Words by descending count, their own vectors float32 [words, dimensions], and the n-gram vectors."""

    words: list[str]
    vectors: Matrix
    ngrams: Ngrams


def open_fasttext(path: Path, limit: int | None = None) -> Model:
    """Read the first `limit` words of a model, or all, and memory-map its vectors.

    Raises:
        UserError: The file is not a fastText model, or is compressed, quantised or damaged.
    """
    with open_binary(path) as stream:
        if stream.read(len(FASTTEXT_MAGIC)) != FASTTEXT_MAGIC:
            raise UserError(f"{path}: is not a fastText model (.bin); drop `format`, or name the right one")
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if data[: len(FASTTEXT_MAGIC)] != FASTTEXT_MAGIC:
        raise UserError(f"{path}: is compressed, and fastText models are memory-mapped; unpack it with gunzip")
    try:
        return _parse(path, data, limit)
    except (struct.error, ValueError):
        raise UserError(f"{path}: ends early or is damaged; fetch the fastText model again") from None


def _parse(path: Path, data: mmap.mmap, limit: int | None) -> Model:
    _, _, dimensions, *_, buckets, shortest, longest, _, _ = HEADER.unpack_from(data)
    entries, count, labels, _, pruned = SIZES.unpack_from(data, HEADER.size)
    if labels:
        raise UserError(f"{path}: is a classifier with {labels} labels; expected a model of word vectors")
    words, position = _read_words(data, entries, limit)
    quantised, rows, columns = MATRIX.unpack_from(data, position)
    if quantised or pruned > 0:
        raise UserError(f"{path}: is quantised (.ftz); expected the whole model (.bin)")
    if min(dimensions, count) < 1 or (rows, columns) != (count + buckets, dimensions):
        raise ValueError("inconsistent sizes")
    matrix = np.frombuffer(data, "<f4", rows * columns, position + MATRIX.size).reshape(rows, columns)
    return Model(words, matrix[: len(words)], Ngrams(matrix[count:], shortest, longest))


def _read_words(data: mmap.mmap, entries: int, limit: int | None) -> tuple[list[str], int]:
    """Return the first `limit` words, and the position after the last entry."""
    words = []
    position = HEADER.size + SIZES.size
    for index in range(entries):
        end = data.find(b"\0", position)
        if end < 0:
            raise ValueError("unterminated word")
        if limit is None or index < limit:
            words.append(data[position:end].decode("utf-8", "backslashreplace"))  # fastText cuts long words at any byte
        position = end + 1 + WORD_SUFFIX
    return words, position


def read_fasttext(model: Model, tokens: Sequence[str]) -> Iterator[WordVectors]:
    """Yield the words of the model, each with the mean of its own and its n-gram vectors, then the unknown `tokens`."""
    for start in range(0, len(model.words), BLOCK_WORDS):
        words = model.words[start : start + BLOCK_WORDS]
        vectors = np.array(model.vectors[start : start + len(words)])
        for row, word in enumerate(words):
            buckets = [] if word == END_OF_TEXT else model.ngrams.buckets(word)
            vectors[row] = (vectors[row] + model.ngrams.vectors[buckets].sum(axis=0)) / (len(buckets) + 1)
        yield WordVectors(pa.array(words, pa.string()), vectors)
    yield from compose(out_of_vocabulary(tokens, model.words), model.ngrams)
