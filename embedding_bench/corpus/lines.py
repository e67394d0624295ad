"""Files as bytes and as lines of text, unpacked where they are gzip, with errors that name the place."""

import codecs
import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from embedding_bench.core.errors import UserError, one_line

LONGEST = 64 * 2**20  # characters of a line or a cell: more is no text, but a quote or a line that never ends
BLOCK = 2**20


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read its bytes.

    Raises:
        UserError: It is not there, may not be read, or its gzip data are damaged.
    """
    try:
        with cast(BinaryIO, gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(
            f"{path}: gzip data that are cut short or damaged ({one_line(str(error))}); copy or download the file again"
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None


def is_folder(path: Path) -> bool | None:
    """Tell whether a folder or something else is there; None where nothing is.

    Raises:
        UserError: A folder on the way to it may not be entered.
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no path has a NUL
        return None
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path | str, error: OSError) -> UserError:
    """Say which file or folder cannot be read, and why."""
    return UserError(f"{path}: cannot be read: {error.strerror or error}; expected a file that you may read")


def read_lines(path: Path, encoding: str, newline: str = "") -> Iterator[str]:
    """Yield decoded lines with their ends, without a byte-order mark; `newline` as in `open`.

    Raises:
        UserError: A line is no text in this encoding, or has no end.
    """
    with opened(path) as stream:
        text = io.TextIOWrapper(stream, encoding, newline=newline)
        number = 0
        try:
            while line := text.readline(LONGEST):
                number += 1
                if len(line) == LONGEST:
                    raise UserError(f"{path}: line {number} is longer than 64 MB; expected one text in a row")
                yield line if number > 1 else line.removeprefix("\ufeff")
        except UnicodeError:
            raise undecodable(path, encoding) from None


def undecodable(path: Path, encoding: str) -> UserError:
    """Find the line where decoding fails: the decoder itself reads ahead."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with opened(path) as stream:
        try:
            while block := stream.read(BLOCK):
                line += decoder.decode(block).count("\n")
            decoder.decode(b"", True)
        except UnicodeDecodeError as error:
            with suppress(UnicodeError):  # some codecs do not tell the place: the line is the last one known
                line += error.object[: error.start].decode(encoding).count("\n")
        except UnicodeError:
            pass
    return not_in(path, line, encoding)


def not_in(path: Path, line: int, encoding: str) -> UserError:
    """Say that a line is no text in the encoding that the file is read in."""
    name = encoding.removesuffix("-sig")
    return UserError(f"{path}: line {line} is not {name}; declare the file's `encoding`, or save it as UTF-8")
