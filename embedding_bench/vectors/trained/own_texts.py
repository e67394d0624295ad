"""Additional training texts for vectors: UTF-8 files, one text a line."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from embedding_bench.arrays import Integers, Positions
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.errors import UserError

BATCH_LINES = 10_000


class TokenizerProtocol(Protocol):
    """The interface of `embedding_bench.tokens.batches.Tokenizer`, without its import of TensorFlow."""

    numbers: dict[bytes, int]

    def encode(self, texts: Iterable[pa.StringArray]) -> Iterator[tuple[Integers, Positions]]:
        """Yield for each batch its token ids int32 [tokens], concatenated, and the text lengths int64 [texts]."""


def encode_files(paths: list[Path], tokenizer: TokenizerProtocol) -> tuple[list[str], Encoded]:
    """Encode the lines of all files; return the tokens in the order of their ids, and the encoded texts.

    Raises:
        UserError: A file does not exist, is empty or is not UTF-8.
    """
    ids, lengths = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
    for batch_ids, batch_lengths in tokenizer.encode(read_lines(paths)):
        ids.append(batch_ids)
        lengths.append(batch_lengths)
    tokens = [token.decode("utf-8", "replace") for token in tokenizer.numbers]
    return tokens, Encoded(np.concatenate(ids), np.cumsum(np.concatenate(lengths)))


def read_lines(paths: list[Path]) -> Iterator[pa.StringArray]:
    """Yield the lines of all files in batches.

    Raises:
        UserError: A file does not exist, is empty or is not UTF-8.
    """
    for path in paths:  # all files are checked before a long first one is read
        if not path.is_file():
            problem = "is a folder" if path.is_dir() else "no such file"
            raise UserError(f"{path}: {problem}; `texts` expects UTF-8 files with a text on each line")
    for path in paths:
        lines = _decode_lines(path)
        while batch := list(islice(lines, BATCH_LINES)):
            yield pa.array(batch, pa.string())


def _decode_lines(path: Path) -> Iterator[str]:
    empty = True
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                byte = error.object[error.start]
                raise UserError(
                    f"{path}: line {number}: byte 0x{byte:02x} is not UTF-8; convert the file to UTF-8"
                ) from None
            empty = empty and not text.strip()
            yield text
    if empty:
        raise UserError(f"{path}: is empty; `texts` expects UTF-8 files with a text on each line")
