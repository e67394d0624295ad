"""Text files of one's own, to train vectors on: UTF-8, a text on each line."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.errors import UserError

BATCH_LINES = 10_000


class Cutter(Protocol):
    """What cuts texts into tokens as those of the corpus were cut: `embedding_bench.tokens.batches.Tokenizer`."""

    numbers: dict[bytes, int]

    def encode(self, texts: Iterable[pa.StringArray]) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:
        """Yield, for each batch, the numbers of its tokens end to end, and the length of each text."""


def encode_files(paths: list[Path], tokenizer: Cutter) -> tuple[list[str], Encoded]:
    """Cut the lines of the files: the tokens, in the order of their ids, and the texts.

    Raises:
        UserError: A file is not there, is empty or is not UTF-8.
    """
    ids, lengths = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
    for batch, sizes in tokenizer.encode(read_lines(paths)):
        ids.append(batch)
        lengths.append(sizes)
    tokens = [token.decode("utf-8", "replace") for token in tokenizer.numbers]
    return tokens, Encoded(np.concatenate(ids), np.cumsum(np.concatenate(lengths)))


def read_lines(paths: list[Path]) -> Iterator[pa.StringArray]:
    """Yield the lines of all files in batches.

    Raises:
        UserError: A file is not there, is empty or is not UTF-8.
    """
    for path in paths:  # all of them, before a long first one is read
        if not path.is_file():
            found = "is a folder" if path.is_dir() else "no such file"
            raise UserError(f"{path}: {found}; `texts` expects UTF-8 files with a text on each line")
    for path in paths:
        lines = _decode(path)
        while batch := list(islice(lines, BATCH_LINES)):
            yield pa.array(batch, pa.string())


def _decode(path: Path) -> Iterator[str]:
    empty = True
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                found = error.object[error.start]
                raise UserError(
                    f"{path}: line {number}: byte 0x{found:02x} is not UTF-8; convert the file to UTF-8"
                ) from None
            empty = empty and not text.strip()
            yield text
    if empty:
        raise UserError(f"{path}: is empty; `texts` expects UTF-8 files with a text on each line")
