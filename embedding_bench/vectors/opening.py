"""Opening files of vectors, compressed or not."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from embedding_bench.core.errors import UserError

GZIP = b"\x1f\x8b"
FASTTEXT = (793712314).to_bytes(4, "little")  # how fastText's own models begin


@contextmanager
def open_binary(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes, and unpack it where its first bytes say gzip.

    Raises:
        UserError: The file is not there.
    """
    if not path.is_file():
        raise UserError(
            f"{path}: no such file of vectors; expected word2vec text or binary, GloVe, .gz of these, or fastText .bin"
        )
    with path.open("rb") as file:
        compressed = file.read(2) == GZIP
    with cast(BinaryIO, gzip.open(path)) if compressed else path.open("rb") as unpacked:
        try:
            yield unpacked
        except EOFError:
            raise UserError(f"{path}: the compressed data end early; the file is truncated, fetch it again") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UserError(f"{path}: the compressed data are damaged ({error}); fetch the file again") from None


class FirstLines(io.RawIOBase):
    """The first lines of a file; the rest is not read."""

    def __init__(self, file: BinaryIO, lines: int) -> None:
        self.file = file
        self.left = lines

    def readable(self) -> bool:
        """Tell pyarrow that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read some bytes, none after the last line."""
        if not self.left:
            return b""
        data = self.file.read(size)
        parts = data.split(b"\n", self.left)
        if len(parts) > self.left:
            data = b"\n".join([*parts[:-1], b""])
        self.left -= min(len(parts) - 1, self.left)
        return data
