"""A CSV file with a header: texts in one or several columns, a label in another."""

import csv
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np

from stages.core.errors import UserError, allowed
from stages.core.settings import TableDataset
from stages.corpus.source import Chunk, Source

CHUNK = 4096
GUESS_ROWS = 1000
TEXT_NAMES = ("text", "texts", "review", "sentence", "content", "body", "message", "description", "comment")
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment", "topic")

csv.field_size_limit(2**31 - 1)  # the default refuses long texts


class Columns(NamedTuple):
    """The header, and which of its columns hold the text and the label."""

    header: list[str]
    text: list[str]
    label: str


def find_columns(path: Path, dataset: TableDataset) -> Columns:
    """Take the declared columns, and guess the others from their names and the first rows.

    Raises:
        UserError: There is no such file or column, or nothing looks like a label.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; expected a CSV file with a header")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = _rows(file, path)
            header = next(rows, [])
            sample = list(islice(rows, GUESS_ROWS))
    except UnicodeDecodeError as error:
        raise _not_utf8(path, error) from None
    if not sample:
        found = "holds a header only" if header else "is empty"
        raise UserError(f"{path}: {found}; expected a header line and rows with a text and a label")
    for column in [*dataset.text, *([dataset.label] if dataset.label else [])]:
        if column not in header:
            raise UserError(f"{path}: no column '{column}'; {allowed(column, header)}")
    if repeated := [name for name in header if header.count(name) > 1]:
        raise UserError(f"{path}: two columns are called '{repeated[0]}'; rename one")
    if dataset.label in dataset.text:
        raise UserError(f"{path}: column '{dataset.label}' is to be both text and label; name two columns")
    label = dataset.label or _guess_label(header, sample, dataset.text, path)
    return Columns(header, dataset.text or _guess_text(header, sample, label, path), label)


def _guess_label(header: list[str], sample: list[list[str]], taken: list[str], path: Path) -> str:
    """Take a column by its name, or the one with the fewest different values."""
    free = [name for name in header if name not in taken]
    for name in free:
        if name.strip().lower() in LABEL_NAMES:
            return name
    kinds = {name: len({row[header.index(name)] for row in sample}) for name in free}
    kinds = {name: count for name, count in kinds.items() if count > 1}  # a constant column tells nothing
    best = min(kinds, key=lambda name: kinds[name], default=None)
    if best is None or len(header) < 2 or kinds[best] > max(2, len(sample) // 2):
        raise UserError(f"{path}: no column looks like a label; name one of {', '.join(header)} with `LABEL=`")
    return best


def _guess_text(header: list[str], sample: list[list[str]], label: str, path: Path) -> list[str]:
    """Take a column by its name, or the one with the longest values."""
    free = [name for name in header if name != label]
    for name in free:
        if name.strip().lower() in TEXT_NAMES:
            return [name]
    if not free:
        raise UserError(f"{path}: one column only; expected a text and a label, separated by commas")
    return [max(free, key=lambda name: sum(len(row[header.index(name)]) for row in sample))]


def open_table(path: Path, dataset: TableDataset) -> Source:
    """Open a CSV file; the names of its classes are the label column's values, sorted.

    Raises:
        UserError: The file, or one of its rows, cannot be read; the message names the line.
    """
    columns = find_columns(path, dataset)
    names: dict[str, int] = {}
    note = f"text in {', '.join(columns.text)}, label in {columns.label}"
    return Source({"train": partial(_read, path, columns, names)}, lambda: list(names), note)


def _read(path: Path, columns: Columns, names: dict[str, int]) -> Iterator[Chunk]:
    text_columns = [columns.header.index(name) for name in columns.text]
    label_column = columns.header.index(columns.label)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = islice(_rows(file, path), 1, None)
            while chunk := list(islice(rows, CHUNK)):
                texts = [" ".join(row[column] for column in text_columns) for row in chunk]
                labels = [names.setdefault(row[label_column].strip(), len(names)) for row in chunk]
                yield Chunk(texts, np.asarray(labels, dtype=np.int32))
    except UnicodeDecodeError as error:
        raise _not_utf8(path, error) from None
    if "" in names:
        raise UserError(f"{path}: column '{columns.label}' is empty in some rows; expected a label in each")


def _rows(file: TextIO, path: Path) -> Iterator[list[str]]:
    """Yield the rows, and hold each to the header's number of cells; blank lines are no rows."""
    reader, width = csv.reader(file, strict=True), 0
    try:
        for row in reader:
            if not row:
                continue
            width = width or len(row)
            if len(row) != width:
                raise UserError(
                    f"{path}: line {reader.line_num} has {len(row)} cells, the header {width}; "
                    "quote cells that hold a comma, or use commas between cells"
                )
            yield row
    except csv.Error as error:
        raise UserError(f"{path}: line {reader.line_num}: {error}; mend this line") from None


def _not_utf8(path: Path, error: UnicodeDecodeError) -> UserError:
    found = error.object[error.start : error.start + 1].hex()
    return UserError(f"{path}: byte 0x{found} is not UTF-8; save the file as UTF-8 (iconv -f latin1 -t utf-8 ...)")
