"""CSV and TSV, with or without a header, read by Python's csv module in strict mode."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from math import isfinite
from pathlib import Path
from statistics import median
from typing import Any

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.encoding import find_encoding
from embedding_bench.corpus.lines import LONGEST, read_lines
from embedding_bench.corpus.tables.table import (
    GUESS_CHARACTERS,
    GUESS_ROWS,
    LABEL_NAMES,
    TEXT_NAMES,
    Rows,
    Table,
    looks_like,
)

DELIMITERS = (",", ";", "\t", "|")
GUESS_LINES = 100
LONGEST_NAME = 100  # characters
REPEATED = 200  # rows in which a class occurs twice, and a header that was repeated by mistake does not
USUAL = (*TEXT_NAMES, *LABEL_NAMES)
NAMES = {"\t": "tab", " ": "space"}

Quoting = dict[str, Any]  # arguments of csv.reader
PLAIN: Quoting = {}
SPACED: Quoting = {"skipinitialspace": True}
LITERAL: Quoting = {"quoting": csv.QUOTE_NONE}

csv.field_size_limit(LONGEST)  # the default of 128 KiB refuses long texts


def open_delimited(path: Path, encoding: str | None, delimiter: str | None, header: bool | None = None) -> Table:
    """Open a file; guess from the first rows an undeclared delimiter, and whether there is a header.

    The columns of a file without one are called 1, 2, and so on.

    Raises:
        UserError: The file cannot be read or decoded, or has no rows.
    """
    codec, detected = find_encoding(path, encoding)
    if delimiter is not None and delimiter in '"\r\n':
        raise UserError(f"{path}: delimiter {delimiter!r} cannot separate cells; expected one such as , or ;")
    separator = delimiter or guess_delimiter(path, codec)
    quoting = guess_quoting(list(_first_lines(path, codec)), separator)
    rows = list(islice(read_rows(path, codec, separator, quoting), 1 + GUESS_ROWS))
    named = not (rows and is_data(rows[0], rows[1:])) if header is None else header
    if len(rows) < 1 + named:
        problem = "holds a header only" if rows else "is empty"
        remedy = "; if its one row is data: `--no-header`, or `header: false`" if rows and header is None else ""
        raise UserError(f"{path}: {problem}; expected rows with a text and a label{remedy}")
    names = rows[0] if named else [str(number) for number in range(1, 1 + len(rows[0]))]

    def read(text: list[str], label: str | None) -> Rows:
        columns = [names.index(name) for name in text]
        label_column = names.index(label) if label is not None else None
        for row in islice(read_rows(path, codec, separator, quoting), int(named), None):
            joined = row[columns[0]] if len(columns) == 1 else " ".join(row[column] for column in columns)
            yield joined, row[label_column] if label_column is not None else ""

    notes = [f"{path.name} read as {codec}, which was detected"] if detected else []
    notes += [f"cells separated by {delimiter_name(separator)}"] if delimiter is None and separator not in ",\t" else []
    notes += [f"{path.name}: quotes are part of its texts"] if quoting is LITERAL else []
    notes += [] if named else [f"{path.name} has no header: its columns are called 1 to {len(names)}"]
    sample = [[cell[:GUESS_CHARACTERS] for cell in row] for row in rows[named:]]
    columns = {name: [row[column] for row in sample] for column, name in enumerate(names)}
    return Table(path, names, columns, names, read, codec, separator, notes, named=named)


def is_data(first: list[str], others: list[list[str]]) -> bool:
    """Tell whether the first row is data as the other rows are, and no header.

    It has no usual name of a column, no cell is empty where others are filled, and it has a number where the others
    have numbers, a value that returns in a column of few values, or a long text as others are long.
    """
    columns = list(zip(first, zip(*others, strict=True), strict=True)) if others else []
    if any(looks_like(cell, USUAL) for cell in first):
        return False
    if any(not cell.strip() and all(map(str.strip, values)) for cell, values in columns):
        return False
    return any(_belongs(cell, values) for cell, values in columns)


def _belongs(cell: str, values: Sequence[str]) -> bool:
    if len(cell) > LONGEST_NAME:
        return median(map(len, values)) > LONGEST_NAME / 2
    counts = Counter(value.strip() for value in values)
    filled = [value for value in counts if value]
    if filled and all(map(_is_number, [cell, *filled])):
        return True
    few = len(counts) <= max(2, len(values) // 2)
    return bool(cell.strip()) and few and counts[cell.strip()] > len(values) / REPEATED


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def guess_delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that splits the first row, and most of those after it into as many cells."""
    lines = list(_first_lines(path, encoding))
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _first_lines(path: Path, encoding: str) -> Iterator[str]:
    size = 0
    for line in islice(read_lines(path, encoding), GUESS_LINES):
        yield line
        size += len(line)
        if size > LONGEST // 16:
            break


def guess_quoting(lines: list[str], delimiter: str) -> Quoting:
    """Return how quotes are to be read: after spaces, too, if cells begin so; in TSV as part of texts, if they must."""
    if any(re.search(rf'{re.escape(delimiter)} +"', line) for line in lines):
        spaced = _evenness(lines, delimiter, SPACED)
        if spaced[1] == 1 and spaced >= _evenness(lines, delimiter, PLAIN):
            return SPACED
    if delimiter == "\t" and _evenness(lines, delimiter, PLAIN)[1] < 1 == _evenness(lines, delimiter, LITERAL)[1]:
        return LITERAL
    return PLAIN


def _evenness(lines: list[str], delimiter: str, quoting: Quoting = PLAIN) -> tuple[bool, float]:
    """Return whether a delimiter splits the first row, and the share of rows with as many cells."""
    widths = []
    try:
        for row in csv.reader(lines, delimiter=delimiter, strict=True, **quoting):
            if row:
                widths.append(len(row))
    except csv.Error:
        pass  # the last row may be cut off
    if not widths or widths[0] < 2:
        return False, 0.0
    return True, sum(width == widths[0] for width in widths) / len(widths)


def one_column(path: Path, header: str, delimiter: str) -> UserError:
    """Return the error for a table with one column, with the delimiter that its header suggests."""
    marks = Counter(re.findall(r"[^\w\s\"'.-]|\t", header))
    likely = max(marks, key=lambda mark: (mark in DELIMITERS, marks[mark]), default=None)
    hint = (
        f"the header seems to use {delimiter_name(likely)}"
        if likely
        else "expected a text and a label, separated by commas"
    )
    remedy = f": declare `delimiter: {json.dumps(likely)}`" if likely else ""
    return UserError(
        f"{path}: one column only, '{header[:60]}', where cells end with {delimiter_name(delimiter)}; {hint}{remedy}"
    )


def delimiter_name(delimiter: str) -> str:
    """Return the name of a delimiter for messages."""
    return NAMES.get(delimiter, f"'{delimiter}'")


def read_rows(path: Path, encoding: str, delimiter: str, quoting: Quoting = PLAIN) -> Iterator[list[str]]:
    """Yield all rows, without blank lines.

    Raises:
        UserError: A row has more or fewer cells than the first, or a quote never closes.
    """
    reader = csv.reader(read_lines(path, encoding), delimiter=delimiter, strict=True, **quoting)
    width, start = 0, 1
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
        f"{path}: line {line} has {cells} cells, the first row {width}; "
        f"quote cells that hold a {delimiter_name(delimiter)}, or add the cells that are missing"
    )


def _malformed(path: Path, encoding: str, delimiter: str, start: int, line: int, error: str) -> UserError:
    quote = opening_line(islice(read_lines(path, encoding), start - 1, line), start, delimiter)
    if quote is None:
        return UserError(f"{path}: line {line}: {error}; correct this line")
    if "end of data" in error:
        problem = "never closes"
    elif "limit" in error:
        problem = "holds more than 64 MB"
    else:
        problem = f"ends before more text in line {line}"
    return UserError(f"{path}: line {quote}: the quoted cell that opens here {problem}; close it, or double its quotes")


def opening_line(lines: Iterator[str], start: int, delimiter: str) -> int | None:
    """Return the line of the last opening quote in the lines of one row, numbered from `start`."""
    opened, quoted = None, False
    for number, line in enumerate(lines, start):
        position = 0
        while position < len(line):
            if quoted:
                quotes = re.compile('"+').search(line, position)
                if quotes is None:
                    break
                position, quoted = quotes.end(), len(quotes.group()) % 2 == 0  # a doubled quote does not close
            elif line[position] == '"':
                opened, quoted, position = number, True, position + 1
            else:
                end = line.find(delimiter, position)
                position = end + 1 if end >= 0 else len(line)
    return opened
