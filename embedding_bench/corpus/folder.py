"""Text files in class folders, optionally below split folders."""

import io
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.classes import Classes, printable
from embedding_bench.corpus.detection import detect
from embedding_bench.corpus.encoding import (
    SAMPLE_BYTES,
    UTF8,
    NonUtf8,
    canonical,
    encoding_of_mark,
    is_utf8,
    is_wide,
    refuse_mixed,
    sample_non_utf8,
)
from embedding_bench.corpus.layout import Layout, TextFile, find_texts
from embedding_bench.corpus.lines import LONGEST, opened, undecodable
from embedding_bench.corpus.source import Chunk, Source, chunks
from embedding_bench.settings.datasets import FolderDataset


class Encodings(NamedTuple):
    """The detected encoding, the paths of the files in it, and the number of non-ASCII UTF-8 files."""

    detected: str | None
    paths: frozenset[str]
    utf8: int


def detect_encodings(texts: Iterable[TextFile], declared: str | None, location: Path) -> Encodings:
    """Read all files once, and detect one encoding for those that are not UTF-8.

    Raises:
        UserError: A file cannot be read, is too long, holds a NUL byte, or mixes encodings.
    """
    paths: set[str] = set()
    mixed: list[tuple[Path, NonUtf8]] = []
    sample, utf8 = bytearray(), 0
    for text in texts:
        data = read_bytes(text.path)
        known = declared or encoding_of_mark(data)
        if (known and is_wide(known)) or (data.isascii() and b"\0" not in data):
            continue
        if is_utf8(io.BytesIO(data), Path(text.path)) or known:
            utf8 += 1
            continue
        lines = sample_non_utf8(partial(io.BytesIO, data))
        paths.add(text.path)
        sample += lines.sample + b"\n" if len(sample) < SAMPLE_BYTES else b""
        if lines.utf8_lines:
            mixed.append((Path(text.path), lines._replace(sample=b"")))
    detected = detect(bytes(sample), location) if paths else None
    for path, lines in mixed:
        refuse_mixed(path, lines, str(detected))
    return Encodings(detected, frozenset(paths), utf8)


def read_bytes(path: str) -> bytes:
    """Read a whole file.

    Raises:
        UserError: It cannot be read, or is too long to be one text.
    """
    with opened(Path(path)) as stream:
        data = stream.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise UserError(f"{path}: is longer than 64 MB; expected one text in a file")
    return data


def open_folder(source: Path, dataset: FolderDataset) -> Source:
    """Open a folder of texts; the classes are the names of the class folders.

    Raises:
        UserError: There are no class folders, or a file cannot be read.
    """
    layout = find_texts(source, dict(dataset.splits.items()))
    all_texts = [text for texts in layout.texts.values() for text in texts]
    encodings = detect_encodings(all_texts, dataset.encoding, source)
    classes = Classes(f"{source}: the class folders")
    return Source(
        splits={
            split: partial(_read, texts, dataset.encoding, encodings, classes) for split, texts in layout.texts.items()
        },
        labels=lambda: list(classes.names),
        notes=lambda: _notes(layout, encodings),
        text_location=str(source),
        label_location=f"{source}: the class folders",
    )


def _read(texts: list[TextFile], declared: str | None, encodings: Encodings, classes: Classes) -> Iterator[Chunk]:
    return chunks(((_decode(text.path, declared, encodings), text.label) for text in texts), classes)


def _decode(path: str, declared: str | None, encodings: Encodings) -> str:
    data = read_bytes(path)
    detected = encodings.detected if path in encodings.paths else None
    encoding = canonical(declared or encoding_of_mark(data) or detected or UTF8)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError:
        raise undecodable(Path(path), encoding) from None


def _notes(layout: Layout, encodings: Encodings) -> list[str]:
    ignored, notes = layout.ignored, []
    if layout.splits:
        notes.append("folders: " + ", ".join(f"{name} as {split}" for split, name in layout.splits.items()))
    if encodings.paths:
        notes.append(f"{len(encodings.paths):,} files read as {encodings.detected}, which was detected")
    if ignored.names:
        names = ", ".join(ignored.names[:5]) + (", ..." if len(ignored.names) > 5 else "")
        notes.append(f"{len(ignored.names):,} files or folders beside the class folders not read: {names}")
    if ignored.links:
        notes.append(f"{ignored.links:,} links to folders not followed")
    return [printable(note) for note in notes]
