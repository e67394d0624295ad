"""Binary streams of vector files, gzip-compressed or not."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from embedding_bench.core.errors import UserError

GZIP_MAGIC = b"\x1f\x8b"
FASTTEXT_MAGIC = (793712314).to_bytes(4, "little")


@contextmanager
def open_binary(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes; decompress it if it begins with the gzip magic.

    Raises:
        UserError: The file does not exist, or its compressed data are truncated or damaged.
    """
    if not path.is_file():
        raise UserError(
            f"{path}: no such file of vectors; expected word2vec text or binary, GloVe, .gz of these, or fastText .bin"
        )
    with path.open("rb") as file:
        compressed = file.read(2) == GZIP_MAGIC
    with cast(BinaryIO, gzip.open(path)) if compressed else path.open("rb") as stream:
        try:
            yield stream
        except EOFError:
            raise UserError(f"{path}: the compressed data end early; the file is truncated, fetch it again") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UserError(f"{path}: the compressed data are damaged ({error}); fetch the file again") from None


class FirstLines(io.RawIOBase):
    """A stream that ends after the first `lines` lines of a file."""

    def __init__(self, file: BinaryIO, lines: int) -> None:
        self.file = file
        self.remaining = lines

    def readable(self) -> bool:
        """Declare the stream readable, as pyarrow asks."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes, and none after the last line."""
        if not self.remaining:
            return b""
        data = self.file.read(size)
        parts = data.split(b"\n", self.remaining)
        if len(parts) > self.remaining:
            data = b"\n".join([*parts[:-1], b""])
        self.remaining -= min(len(parts) - 1, self.remaining)
        return data
