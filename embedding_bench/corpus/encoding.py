"""The encoding of a file: declared, marked by its first bytes, UTF-8, or else detected."""

import codecs
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.detection import TWO_BYTES, detect
from embedding_bench.corpus.lines import BLOCK, LONGEST, opened

UTF8 = "utf-8-sig"  # reads files with and without a mark
SAMPLE = 2**16
# Pairs of bytes of East Asian text happen to be UTF-8 one time in ten: so many characters in a line do not.
CERTAIN = 5

_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Encoding(NamedTuple):
    """A codec's name, and whether it is only what detection took for the likeliest."""

    name: str
    detected: bool = False


class Foreign(NamedTuple):
    """What lines that are not UTF-8 tell: the number of the first, and some of their bytes."""

    line: int
    sample: bytes
    utf8_lines: int  # with characters beyond ASCII
    certain_lines: int  # with so many of them that it is no accident


def find_encoding(path: Path, declared: str | None) -> Encoding:
    """Find out how to decode a file.

    Raises:
        UserError: A line holds a NUL byte, encodings are mixed, or none fits.
    """
    with opened(path) as stream:
        known = declared or marked(stream.read(4))
    if known and is_wide(known):
        return Encoding(known)
    with opened(path) as stream:
        utf8 = is_utf8(stream, path)
    if known or utf8:
        return Encoding(canonical(known or UTF8))
    foreign = look_at(lambda: opened(path))
    encoding = detect(foreign.sample, path)
    refuse_mixed(path, foreign, encoding)
    return Encoding(encoding, detected=True)


def marked(head: bytes) -> str | None:
    """Name the encoding whose byte-order mark the bytes begin with."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def canonical(name: str) -> str:
    """Return the codec's own name, and for UTF-8 the one that skips a mark."""
    name = codecs.lookup(name).name
    return UTF8 if name == "utf-8" else name


def is_wide(name: str) -> bool:
    """Tell whether NUL bytes are parts of characters."""
    return codecs.lookup(name).name.startswith(("utf-16", "utf-32"))


def is_utf8(stream: BinaryIO, path: Path) -> bool:
    """Tell whether all bytes are UTF-8.

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


def look_at(open_again: Callable[[], AbstractContextManager[BinaryIO]]) -> Foreign:
    """Tell the lines that are UTF-8 from those that are not."""
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
                if len(sample) < SAMPLE:
                    sample += _cut(line)
    return Foreign(first, bytes(sample), utf8, certain)


def _cut(line: bytes) -> bytes:
    """Shorten a long line behind a byte that is never the second one of a character, where it has one."""
    if len(line) <= SAMPLE:
        return line
    return line[:SAMPLE].rstrip(bytes(range(0x30, 0x100))) or line


def refuse_mixed(path: Path, foreign: Foreign, encoding: str) -> None:
    """Refuse a file some of whose lines are certainly UTF-8 and others are not.

    Raises:
        UserError: Encodings are mixed.
    """
    if foreign.certain_lines if encoding in TWO_BYTES else foreign.utf8_lines:
        raise UserError(
            f"{path}: line {foreign.line} is not UTF-8, and other lines are: encodings are mixed; convert that line "
            f"to UTF-8, or declare `encoding: {encoding}` to read the whole file so"
        )
