"""Opening files of vectors, compressed or not."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from stages.core.errors import UserError

GZIP = b"\x1f\x8b"


@contextmanager
def open_binary(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes, and unpack it where its first bytes say gzip.

    Raises:
        UserError: The file is not there.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file of vectors; expected word2vec text or binary, GloVe, or .gz of these")
    with path.open("rb") as file:
        compressed = file.read(2) == GZIP
    with cast(BinaryIO, gzip.open(path)) if compressed else path.open("rb") as unpacked:
        try:
            yield unpacked
        except EOFError:
            raise UserError(f"{path}: the compressed data end early; the file is truncated, fetch it again") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UserError(f"{path}: the compressed data are damaged ({error}); fetch the file again") from None
