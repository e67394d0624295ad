"""The binary format of word2vec: a header of two numbers, then for each word its bytes, a space and float32 values."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.vectors.formats.streams import open_binary

BLOCK_WORDS = 20_000
CHUNK_BYTES = 1 << 18
LONGEST_WORD = 1 << 19  # bytes; without a space for longer, the file is in another format


def read_header(path: Path) -> tuple[int, int]:
    """Read the number of words and the dimensions from the header.

    Raises:
        UserError: The first line is not two integers.
    """
    with open_binary(path) as file:
        fields = file.readline(100).split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        raise UserError(f"{path}: begins with {b' '.join(fields)[:40]!r}; expected the number of words and dimensions")
    return int(fields[0]), int(fields[1])


def read_binary(path: Path, limit: int | None = None) -> Iterator[WordVectors]:
    """Yield blocks of word vectors, float32 [words, dimensions], of the whole file or its first `limit` words.

    Raises:
        UserError: The file is shorter or longer than its header says, or a word is not UTF-8.
    """
    header_count, dimensions = read_header(path)
    count = header_count if limit is None else min(header_count, limit)
    vector_bytes = 4 * dimensions
    with open_binary(path) as file:
        file.readline(100)
        buffer, position = b"", 0
        words: list[bytes] = []
        vectors: list[bytes] = []
        for index in range(count):
            while (space := buffer.find(b" ", position)) < 0 or len(buffer) < space + 1 + vector_bytes:
                buffer, position = buffer[position:], 0
                chunk = file.read(CHUNK_BYTES)
                if not chunk or len(buffer) > LONGEST_WORD + vector_bytes:
                    raise UserError(
                        f"{path}: ends in word {index + 1:,} of {header_count:,}; the file is truncated, fetch it again"
                    )
                buffer += chunk
            words.append(buffer[position:space].lstrip(b"\n"))  # some writers end each vector with a line break
            position = space + 1 + vector_bytes
            vectors.append(buffer[space + 1 : position])
            if len(words) == BLOCK_WORDS or index == count - 1:
                yield _block(path, words, vectors)
                words, vectors = [], []
        if count == header_count and (buffer[position:] + file.read(CHUNK_BYTES)).strip(b"\n"):
            raise UserError(f"{path}: holds more data than its {count:,} words; drop `format` if the file is text")


def _block(path: Path, words: list[bytes], vectors: list[bytes]) -> WordVectors:
    try:
        decoded = pa.array([word.decode("utf-8") for word in words], pa.string())
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: the word {error.object[:40]!r} is not UTF-8; convert the file") from None
    return WordVectors(decoded, np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(words), -1))
