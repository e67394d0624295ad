"""JSON lines: one object a line, with the columns as keys."""

import json
import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.encoding import find_encoding
from embedding_bench.corpus.lines import read_lines
from embedding_bench.corpus.tables.table import GUESS_CHARACTERS, GUESS_ROWS, Rows, Table


class Integer(str):
    """An integer as written in the file; parsing by `int` is limited to 4,300 digits."""

    __slots__ = ()


def open_json_lines(path: Path, encoding: str | None) -> Table:
    """Open a file; its columns are the keys of the first GUESS_ROWS lines.

    Raises:
        UserError: The file cannot be read or decoded, or a line is not a JSON object.
    """
    codec, detected = find_encoding(path, encoding)
    sample = [_shortened(row) for _, row in islice(read_objects(path, codec), GUESS_ROWS)]
    if not sample:
        raise UserError(f"{path}: is empty; expected a JSON object with a text and a label in each line")
    header = list(dict.fromkeys(key for row in sample for key in row))
    columns = {key: [row.get(key, "") for row in sample] for key in header}
    scalars = {key: values for key, values in columns.items() if not _is_nested(values)}
    text_candidates = [key for key, values in scalars.items() if any(type(value) is str and value for value in values)]

    def read(text: list[str], label: str | None) -> Rows:
        for number, row in read_objects(path, codec):
            parts = [_scalar(row, key, path, number) for key in text]
            yield " ".join(parts), _scalar(row, label, path, number) if label is not None else ""

    notes = [f"{path.name} read as {codec}, which was detected"] if detected else []
    strings = {key: [to_string(value) for value in values] for key, values in scalars.items()}
    return Table(path, header, strings, text_candidates, read, codec, None, notes)


def read_objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the line number and object of each non-blank line.

    Raises:
        UserError: A line is not JSON, or not an object.
    """
    for number, line in enumerate(read_lines(path, encoding, newline="\n"), 1):
        if line.isspace():
            continue
        try:
            row = json.loads(line, parse_int=Integer)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply").removesuffix(" at")
            column = f", column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            raise UserError(f"{path}: line {number}{column} is not JSON: {reason}; {_expected(line)}") from None
        if not isinstance(row, dict):
            raise UserError(f"{path}: line {number} holds {_kind(row)}, not a JSON object; {_expected(line)}")
        yield number, row


def _expected(line: str) -> str:
    if line.lstrip().startswith(("[", "{")) and line.rstrip().endswith(("[", "{", "]", ",")):
        return "convert a JSON array to lines: jq -c '.[]' file.json > file.jsonl"
    return 'expected an object in each line, such as {"text": "...", "label": "..."}'


def to_string(value: Any) -> str:
    """Convert a scalar to a text or class name; null and NaN are missing, so empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value)


def _scalar(row: dict[str, Any], key: str, path: Path, number: int) -> str:
    value = row.get(key)
    if isinstance(value, list | dict):
        raise UserError(
            f"{path}: line {number}: '{key}' holds {_kind(value)}; expected a string, a number, true or false"
        )
    return to_string(value)


def _is_nested(values: list[Any]) -> bool:
    """Tell whether most values are lists or objects; a few are errors, reported while reading."""
    present = [value for value in values if value not in (None, "")]
    return 2 * sum(isinstance(value, list | dict) for value in present) > len(present)


def _shortened(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value[:GUESS_CHARACTERS] if type(value) is str else value for key, value in row.items()}


def _kind(value: Any) -> str:
    kinds: dict[type, str] = {list: "a list", dict: "an object", str: "a string", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
