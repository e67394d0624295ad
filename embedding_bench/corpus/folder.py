"""A folder of text files for each class, below a folder for each split or not."""

import io
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.classes import Classes, printable
from embedding_bench.corpus.detection import detect
from embedding_bench.corpus.encoding import (
    SAMPLE,
    UTF8,
    Foreign,
    canonical,
    is_utf8,
    is_wide,
    look_at,
    marked,
    refuse_mixed,
)
from embedding_bench.corpus.layout import Layout, TextFile, find_texts
from embedding_bench.corpus.lines import LONGEST, opened, undecodable
from embedding_bench.corpus.source import Chunk, Source, chunks
from embedding_bench.settings.datasets import FolderDataset


class Encodings(NamedTuple):
    """How to decode the files that are not UTF-8, and how many others hold characters beyond ASCII."""

    detected: str | None
    foreign: frozenset[str]
    utf8: int


def survey(texts: Iterable[TextFile], declared: str | None, place: Path) -> Encodings:
    """Read all files once; those that are not UTF-8 share one detection.

    Raises:
        UserError: A file cannot be read, is too long, holds a NUL byte, or mixes encodings.
    """
    foreign: set[str] = set()
    suspects: list[tuple[Path, Foreign]] = []
    sample, utf8 = bytearray(), 0
    for text in texts:
        data = read_bytes(text.path)
        known = declared or marked(data)
        if (known and is_wide(known)) or (data.isascii() and b"\0" not in data):
            continue
        if is_utf8(io.BytesIO(data), Path(text.path)) or known:
            utf8 += 1
            continue
        found = look_at(partial(io.BytesIO, data))
        foreign.add(text.path)
        sample += found.sample + b"\n" if len(sample) < SAMPLE else b""
        if found.utf8_lines:
            suspects.append((Path(text.path), found._replace(sample=b"")))
    detected = detect(bytes(sample), place) if foreign else None
    for path, found in suspects:
        refuse_mixed(path, found, str(detected))
    return Encodings(detected, frozenset(foreign), utf8)


def read_bytes(path: str) -> bytes:
    """Read a file whole.

    Raises:
        UserError: It cannot be read, or is too long to be one text.
    """
    with opened(Path(path)) as stream:
        data = stream.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise UserError(f"{path}: is longer than 64 MB; expected one text in a file")
    return data


def open_folder(source: Path, dataset: FolderDataset) -> Source:
    """Open a folder; the classes are the names of the class folders.

    Raises:
        UserError: There are no class folders, or a file cannot be read; the message names it.
    """
    layout = find_texts(source, dict(dataset.splits.items()))
    every = [text for texts in layout.texts.values() for text in texts]
    encodings = survey(every, dataset.encoding, source)
    classes = Classes(f"{source}: the class folders")
    return Source(
        splits={
            split: partial(_read, texts, dataset.encoding, encodings, classes) for split, texts in layout.texts.items()
        },
        labels=lambda: list(classes.names),
        notes=lambda: _notes(layout, encodings),
        text_place=str(source),
        label_place=f"{source}: the class folders",
    )


def _read(texts: list[TextFile], declared: str | None, encodings: Encodings, classes: Classes) -> Iterator[Chunk]:
    return chunks(((_text(text.path, declared, encodings), text.label) for text in texts), classes)


def _text(path: str, declared: str | None, encodings: Encodings) -> str:
    data = read_bytes(path)
    detected = encodings.detected if path in encodings.foreign else None
    encoding = canonical(declared or marked(data) or detected or UTF8)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError:
        raise undecodable(Path(path), encoding) from None


def _notes(layout: Layout, encodings: Encodings) -> list[str]:
    strays, notes = layout.strays, []
    if layout.splits:
        notes.append("folders: " + ", ".join(f"{name} as {split}" for split, name in layout.splits.items()))
    if encodings.foreign:
        notes.append(f"{len(encodings.foreign):,} files read as {encodings.detected}, which was detected")
    if strays.names:
        names = ", ".join(strays.names[:5]) + (", ..." if len(strays.names) > 5 else "")
        notes.append(f"{len(strays.names):,} files or folders beside the class folders not read: {names}")
    if strays.links:
        notes.append(f"{strays.links:,} links to folders not followed")
    return [printable(note) for note in notes]
