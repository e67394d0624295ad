"""CSV and TSV with a header, as Python's csv reads them, strictly."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.encoding import find_encoding
from embedding_bench.corpus.lines import LONGEST, read_lines
from embedding_bench.corpus.tables.table import GUESS_CHARACTERS, GUESS_ROWS, Rows, Table

DELIMITERS = (",", ";", "\t", "|")
GUESS_LINES = 100
NAMES = {"\t": "tab", " ": "space"}

csv.field_size_limit(LONGEST)  # the default refuses long texts


def open_delimited(path: Path, encoding: str | None, delimiter: str | None) -> Table:
    """Open a file with a header; a delimiter that is not declared is guessed from the first rows.

    Raises:
        UserError: The file cannot be read or decoded, has no rows, or one column only.
    """
    codec, detected = find_encoding(path, encoding)
    if delimiter is not None and delimiter in '"\r\n':
        raise UserError(f"{path}: delimiter {delimiter!r} cannot stand between cells; expected one such as , or ;")
    found = delimiter or guess_delimiter(path, codec)
    rows = read_rows(path, codec, found)
    header = next(rows, [])
    sample = [[cell[:GUESS_CHARACTERS] for cell in row] for row in islice(rows, GUESS_ROWS)]
    if not sample:
        holds = "holds a header only" if header else "is empty"
        raise UserError(f"{path}: {holds}; expected a header line and rows with a text and a label")

    def read(text: list[str], label: str | None) -> Rows:
        texts, place = [header.index(name) for name in text], header.index(label) if label is not None else None
        for row in islice(read_rows(path, codec, found), 1, None):
            joined = row[texts[0]] if len(texts) == 1 else " ".join(row[column] for column in texts)
            yield joined, row[place] if place is not None else ""

    notes = [f"{path.name} read as {codec}, which was detected"] if detected else []
    notes += [f"cells separated by {spoken(found)}"] if delimiter is None and found not in ",\t" else []
    columns = {name: [row[column] for row in sample] for column, name in enumerate(header)}
    return Table(path, header, columns, header, read, codec, found, notes)


def guess_delimiter(path: Path, encoding: str) -> str:
    """Take the delimiter that cuts the header, and the most of the first rows alike."""
    lines, size = [], 0
    for line in islice(read_lines(path, encoding), GUESS_LINES):
        lines.append(line)
        size += len(line)
        if size > LONGEST // 16:
            break
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[bool, float]:
    """Rate a delimiter: does it cut the header, and what share of rows has as many cells?"""
    widths = []
    try:
        for row in csv.reader(lines, delimiter=delimiter, strict=True):
            if row:
                widths.append(len(row))
    except csv.Error:
        pass  # the last row may be cut off
    if not widths or widths[0] < 2:
        return False, 0.0
    return True, sum(width == widths[0] for width in widths) / len(widths)


def one_column(path: Path, header: str, delimiter: str) -> UserError:
    """Say that a text and a label are not parted, and by which delimiter the header seems to part them."""
    marks = Counter(re.findall(r"[^\w\s\"'.-]|\t", header))
    seems = max(marks, key=lambda mark: (mark in DELIMITERS, marks[mark]), default=None)
    hint = f"the header seems to use {spoken(seems)}" if seems else "expected a text and a label, separated by commas"
    remedy = f": declare `delimiter: {json.dumps(seems)}`" if seems else ""
    return UserError(
        f"{path}: one column only, '{header[:60]}', where cells end with {spoken(delimiter)}; {hint}{remedy}"
    )


def spoken(delimiter: str) -> str:
    """Name a delimiter for a person."""
    return NAMES.get(delimiter, f"'{delimiter}'")


def read_rows(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows, and hold each to the header's number of cells; blank lines are no rows.

    Raises:
        UserError: A row has more or fewer cells, or a quote never closes.
    """
    reader, width, start = csv.reader(read_lines(path, encoding), delimiter=delimiter, strict=True), 0, 1
    try:
        for row in reader:
            if row:
                width = width or len(row)
                if len(row) != width:
                    raise _ragged(path, reader.line_num, len(row), width, delimiter)
                yield row
            start = reader.line_num + 1
    except csv.Error as error:
        raise _malformed(path, encoding, delimiter, start, reader.line_num, str(error)) from None


def _ragged(path: Path, line: int, cells: int, width: int, delimiter: str) -> UserError:
    return UserError(
        f"{path}: line {line} has {cells} cells, the header {width}; quote cells that hold a {spoken(delimiter)}, "
        "or add the cells that are missing"
    )


def _malformed(path: Path, encoding: str, delimiter: str, start: int, line: int, error: str) -> UserError:
    quote = opening_line(islice(read_lines(path, encoding), start - 1, line), start, delimiter)
    if quote is None:
        return UserError(f"{path}: line {line}: {error}; mend this line")
    if "end of data" in error:
        found = "never closes"
    elif "limit" in error:
        found = "holds more than 64 MB"
    else:
        found = f"ends before more text in line {line}"
    return UserError(f"{path}: line {quote}: the quoted cell that opens here {found}; close it, or double its quotes")


def opening_line(lines: Iterator[str], start: int, delimiter: str) -> int | None:
    """Find the line of the last quote that opens a cell in the lines of one row, the first of which is `start`."""
    opened, inside = None, False
    for number, line in enumerate(lines, start):
        at = 0
        while at < len(line):
            if inside:
                quote = re.compile('"+').search(line, at)
                if quote is None:
                    break
                at, inside = quote.end(), len(quote.group()) % 2 == 0
            elif line[at] == '"':
                opened, inside, at = number, True, at + 1
            else:
                end = line.find(delimiter, at)
                at = end + 1 if end >= 0 else len(line)
    return opened
