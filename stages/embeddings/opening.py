"""Opening files of vectors, compressed or not."""

import gzip
from pathlib import Path
from typing import BinaryIO, cast

from stages.core.errors import UserError

GZIP = b"\x1f\x8b"


def open_binary(path: Path) -> BinaryIO:
    """Open a file for reading bytes, and unpack it where its first bytes say gzip.

    Raises:
        UserError: The file is not there.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file of vectors; expected word2vec text or binary, GloVe, or .gz of these")
    with path.open("rb") as file:
        compressed = file.read(2) == GZIP
    return cast(BinaryIO, gzip.open(path)) if compressed else path.open("rb")
