"""fastText's own models (.bin): a header, the words, and the vectors of words and of hashed n-grams.

The layout is that of fastText 0.9.2, `FastText::saveModel`. The matrix is mapped: a published model has 5-7 GB.
"""

import mmap
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.vectors.ngrams import BLOCK_WORDS, Ngrams, compose, unseen
from embedding_bench.vectors.opening import FASTTEXT, open_binary

HEADER = struct.Struct("<2i12id")  # magic, version, 12 arguments of training, the rate of down-sampling
SIZES = struct.Struct("<3i2q")  # entries, words, labels, tokens, pruned n-grams
END_OF_TEXT = "</s>"  # a word to fastText, without n-grams
AFTER_WORD = 9  # bytes: a count and a type
MATRIX = struct.Struct("<?2q")  # is it quantised, rows, columns


class Model(NamedTuple):
    """Words by falling count; their own vectors, float32 [words, dimensions], and those of their n-grams."""

    words: list[str]
    vectors: npt.NDArray[np.float32]
    ngrams: Ngrams


def open_fasttext(path: Path, limit: int | None = None) -> Model:
    """Read the first words of a model, or all, and map its vectors.

    Raises:
        UserError: The file is no fastText model, compressed, quantised or damaged.
    """
    with open_binary(path) as opened:
        if opened.read(len(FASTTEXT)) != FASTTEXT:
            raise UserError(f"{path}: does not begin as a fastText model (.bin); drop `format`, or name the right one")
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if data[: len(FASTTEXT)] != FASTTEXT:
        raise UserError(f"{path}: is compressed, and a fastText model is read in place; unpack it with gunzip")
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
        raise ValueError("sizes that do not fit together")
    matrix = np.frombuffer(data, "<f4", rows * columns, position + MATRIX.size).reshape(rows, columns)
    return Model(words, matrix[: len(words)], Ngrams(matrix[count:], shortest, longest))


def _read_words(data: mmap.mmap, entries: int, limit: int | None) -> tuple[list[str], int]:
    """Read the first words, and find where the last one ends."""
    words = []
    position = HEADER.size + SIZES.size
    for number in range(entries):
        end = data.find(b"\0", position)
        if end < 0:
            raise ValueError("no end of a word")
        if limit is None or number < limit:
            words.append(data[position:end].decode("utf-8", "backslashreplace"))  # fastText cuts long words anywhere
        position = end + 1 + AFTER_WORD
    return words, position


def read_fasttext(model: Model, tokens: Sequence[str]) -> Iterator[WordVectors]:
    """Yield the model's words, each the mean of its own vector and its n-grams', then the tokens that it lacks."""
    for start in range(0, len(model.words), BLOCK_WORDS):
        words = model.words[start : start + BLOCK_WORDS]
        vectors = np.array(model.vectors[start : start + len(words)])
        for row, word in enumerate(words):
            buckets = [] if word == END_OF_TEXT else model.ngrams.of(word)
            vectors[row] = (vectors[row] + model.ngrams.vectors[buckets].sum(axis=0)) / (len(buckets) + 1)
        yield WordVectors(pa.array(words, pa.string()), vectors)
    yield from compose(unseen(tokens, model.words), model.ngrams)
