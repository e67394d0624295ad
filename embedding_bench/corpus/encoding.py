"""The encoding of a file: declared, from a byte-order mark, UTF-8, or else detected."""

import codecs
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.detection import DOUBLE_BYTE, detect
from embedding_bench.corpus.lines import BLOCK, LONGEST, opened

UTF8 = "utf-8-sig"  # reads files with and without a byte-order mark
SAMPLE_BYTES = 2**16
# A pair of bytes of East Asian text is valid UTF-8 by chance one time in ten: five in a line are no accident.
CERTAIN = 5

_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Encoding(NamedTuple):
    """The name of a codec, and whether it was detected rather than declared or certain."""

    name: str
    detected: bool = False


class NonUtf8(NamedTuple):
    """The non-UTF-8 lines of a file: the number of the first and a sample; counts of its UTF-8 lines."""

    line: int
    sample: bytes
    utf8_lines: int  # lines with non-ASCII characters
    certain_lines: int  # lines with at least CERTAIN non-ASCII characters


def find_encoding(path: Path, declared: str | None) -> Encoding:
    """Determine the encoding of a file.

    Raises:
        UserError: A line holds a NUL byte, encodings are mixed, or none is plausible.
    """
    with opened(path) as stream:
        known = declared or encoding_of_mark(stream.read(4))
    if known and is_wide(known):
        return Encoding(known)
    with opened(path) as stream:
        utf8 = is_utf8(stream, path)
    if known or utf8:
        return Encoding(canonical(known or UTF8))
    lines = sample_non_utf8(lambda: opened(path))
    encoding = detect(lines.sample, path)
    refuse_mixed(path, lines, encoding)
    return Encoding(encoding, detected=True)


def encoding_of_mark(head: bytes) -> str | None:
    """Return the encoding of the byte-order mark at the beginning of `head`, if any."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def canonical(name: str) -> str:
    """Return the canonical codec name; for UTF-8 the codec that skips a byte-order mark."""
    name = codecs.lookup(name).name
    return UTF8 if name == "utf-8" else name


def is_wide(name: str) -> bool:
    """Tell whether an encoding is UTF-16 or UTF-32, whose characters contain NUL bytes."""
    return codecs.lookup(name).name.startswith(("utf-16", "utf-32"))


def is_utf8(stream: BinaryIO, path: Path) -> bool:
    """Tell whether a stream is valid UTF-8.

    Raises:
        UserError: A line holds a NUL byte.
    """
    decoder, line, valid = codecs.getincrementaldecoder("utf-8")(), 1, True
    while block := stream.read(BLOCK):
        if (nul := block.find(b"\0")) >= 0:
            line += block.count(b"\n", 0, nul)
            raise UserError(
                f"{path}: line {line} holds a NUL byte; expected text: remove it, or declare `encoding: utf-16-le`"
            )
        line += block.count(b"\n")
        valid = valid and _decodes(decoder, block)
    return valid and _decodes(decoder, b"", final=True)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def sample_non_utf8(open_again: Callable[[], AbstractContextManager[BinaryIO]]) -> NonUtf8:
    """Sample the lines that are not UTF-8, and count those that are."""
    first, utf8, certain, sample = 0, 0, 0, bytearray()
    with open_again() as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LONGEST), b""), 1):
            if line.isascii():
                continue
            try:
                characters = sum(not character.isascii() for character in line.decode())
                utf8, certain = utf8 + 1, certain + (characters >= CERTAIN)
            except UnicodeDecodeError:
                first = first or number
                if len(sample) < SAMPLE_BYTES:
                    sample += _shorten(line)
    return NonUtf8(first, bytes(sample), utf8, certain)


def _shorten(line: bytes) -> bytes:
    """Cut a long line, after a byte that is never the second of a double-byte character if it has one."""
    if len(line) <= SAMPLE_BYTES:
        return line
    return line[:SAMPLE_BYTES].rstrip(bytes(range(0x30, 0x100))) or line


def refuse_mixed(path: Path, lines: NonUtf8, encoding: str) -> None:
    """Refuse a file with both UTF-8 and other lines; in double-byte encodings, only certain lines count as UTF-8.

    Raises:
        UserError: Encodings are mixed.
    """
    if lines.certain_lines if encoding in DOUBLE_BYTE else lines.utf8_lines:
        raise UserError(
            f"{path}: line {lines.line} is not UTF-8, and other lines are: encodings are mixed; convert that line "
            f"to UTF-8, or declare `encoding: {encoding}` to read the whole file so"
        )
