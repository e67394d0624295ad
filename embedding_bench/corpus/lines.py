"""Files as bytes and lines of text, gzip-compressed or not; errors name the file and line."""

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

LONGEST = 64 * 2**20  # characters of a line or cell; a longer one has no line break or an unclosed quote
BLOCK = 2**20


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read its bytes; decompress it if its suffix is .gz.

    Raises:
        UserError: The file does not exist, is not readable, or its gzip data are damaged.
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
    """Tell whether a path is a folder; None if it does not exist.

    Raises:
        UserError: A parent folder is not accessible.
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the path
        return None
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path | str, error: OSError) -> UserError:
    """Return the error for a file or folder that cannot be read."""
    return UserError(f"{path}: cannot be read: {error.strerror or error}; expected a file that you may read")


def read_lines(path: Path, encoding: str, newline: str = "") -> Iterator[str]:
    """Yield decoded lines with their line breaks, without a byte-order mark; `newline` as in `open`.

    Raises:
        UserError: A line cannot be decoded, or is longer than LONGEST.
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
    """Return the error for the line where decoding fails, found by decoding again: the reader reads ahead."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with opened(path) as stream:
        try:
            while block := stream.read(BLOCK):
                line += decoder.decode(block).count("\n")
            decoder.decode(b"", True)
        except UnicodeDecodeError as error:
            with suppress(UnicodeError):  # some codecs report no position; then the last line counted
                line += error.object[: error.start].decode(encoding).count("\n")
        except UnicodeError:
            pass
    return not_decodable(path, line, encoding)


def not_decodable(path: Path, line: int, encoding: str) -> UserError:
    """Return the error for a line that is not valid in the encoding."""
    name = encoding.removesuffix("-sig")
    return UserError(f"{path}: line {line} is not {name}; declare the file's `encoding`, or save it as UTF-8")
