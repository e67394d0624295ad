"""Opening a file of vectors in the format that is declared or detected."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.vectors.formats.streams import FASTTEXT_MAGIC, open_binary
from embedding_bench.vectors.formats.text import read_text, sniff
from embedding_bench.vectors.formats.word2vec_binary import read_binary, read_header


class VectorBlocks(NamedTuple):
    """Word vectors in blocks, read or trained lazily, and their number of dimensions."""

    dimensions: int
    blocks: Iterable[WordVectors]


def open_vectors(
    path: Path, file_format: str = "auto", limit: int | None = None, tokens: Callable[[], Sequence[str]] = list
) -> VectorBlocks:
    """Open a file of vectors, or its first `limit` words; `auto` detects the format from the first bytes.

    `tokens` returns the tokens of the corpus: a fastText model composes vectors for those outside its vocabulary.

    Raises:
        UserError: The file cannot be read as vectors.
    """
    if file_format == "auto":
        file_format = _detect_format(path)
    if file_format == "fasttext-binary":
        from embedding_bench.vectors.formats.fasttext_binary import (  # gensim takes a second
            open_fasttext,
            read_fasttext,
        )

        model = open_fasttext(path, limit)
        return VectorBlocks(model.vectors.shape[1], _check_finite(path, read_fasttext(model, tokens())))
    if file_format == "word2vec-binary":
        return VectorBlocks(read_header(path)[1], _check_finite(path, read_binary(path, limit)))
    layout = sniff(path)
    if file_format == "glove" and layout.word_count is not None:
        layout = layout._replace(word_count=None)
    return VectorBlocks(layout.dimensions, _check_finite(path, read_text(path, layout, limit)))


def _check_finite(path: Path, blocks: Iterable[WordVectors]) -> Iterator[WordVectors]:
    """Yield the blocks; refuse NaN and infinity, since one NaN in the matrix would make every loss NaN."""
    for block in blocks:
        bad = np.flatnonzero(~np.isfinite(block.vectors).all(axis=1))
        if len(bad):
            raise UserError(f"{path}: the vector of '{block.words[int(bad[0])]}' is not finite; fetch the file again")
        yield block


def _detect_format(path: Path) -> str:
    with open_binary(path) as file:
        if file.read(len(FASTTEXT_MAGIC)) == FASTTEXT_MAGIC:
            return "fasttext-binary"
    return "word2vec-binary" if _is_binary(path) else "text"


def _is_binary(path: Path) -> bool:
    """Detect binary values after a word2vec header."""
    with open_binary(path) as file:
        header, body = file.readline(100).split(), file.read(1000)
    if len(header) != 2 or not all(field.isdigit() for field in header):
        return False
    line = body.splitlines()[0] if body else b""
    try:
        [float(number) for number in line.split()[1:3]]
    except ValueError:
        return True
    return b"\x00" in body
