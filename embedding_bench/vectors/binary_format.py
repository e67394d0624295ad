"""Word vectors in word2vec's binary format: a header of two numbers, then each word, a space and its float32 values."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.vectors.opening import open_binary

BLOCK_WORDS = 20_000
CHUNK = 1 << 18
LONGEST_WORD = 1 << 19  # longer: no words, so not this format


def read_header(path: Path) -> tuple[int, int]:
    """Read the number of words and the dimensions.

    Raises:
        UserError: The first line is not two whole numbers.
    """
    with open_binary(path) as file:
        first = file.readline(100).split()
    if len(first) != 2 or not all(part.isdigit() for part in first):
        raise UserError(f"{path}: begins with {b' '.join(first)[:40]!r}; expected the number of words and dimensions")
    return int(first[0]), int(first[1])


def read_binary(path: Path, limit: int | None = None) -> Iterator[WordVectors]:
    """Yield the vectors of a binary file, or of its first `limit` words, in blocks.

    Raises:
        UserError: The file ends early, or a word is not UTF-8.
    """
    promised, dimensions = read_header(path)
    count = promised if limit is None else min(promised, limit)
    size = 4 * dimensions
    with open_binary(path) as file:
        file.readline(100)
        data, position = b"", 0
        words: list[bytes] = []
        vectors: list[bytes] = []
        for number in range(count):
            while (space := data.find(b" ", position)) < 0 or len(data) < space + 1 + size:
                data, position = data[position:], 0
                more = file.read(CHUNK)
                if not more or len(data) > LONGEST_WORD + size:
                    raise UserError(
                        f"{path}: ends in word {number + 1:,} of {promised:,}; the file is truncated, fetch it again"
                    )
                data += more
            words.append(data[position:space].lstrip(b"\n"))
            position = space + 1 + size
            vectors.append(data[space + 1 : position])
            if len(words) == BLOCK_WORDS or number == count - 1:
                yield _block(path, words, vectors)
                words, vectors = [], []
        if count == promised and (data[position:] + file.read(CHUNK)).strip(b"\n"):
            raise UserError(f"{path}: goes on after its {count:,} words; is it text? then drop `format`")


def _block(path: Path, words: list[bytes], vectors: list[bytes]) -> WordVectors:
    try:
        names = pa.array([word.decode("utf-8") for word in words], pa.string())
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: the word {error.object[:40]!r} is not UTF-8; convert the file") from None
    return WordVectors(names, np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(words), -1))
