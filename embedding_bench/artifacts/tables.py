"""Tables for people and for `dvc plots`: TSV files with a header, one for each function of `evaluation.tables`.

Cells hold no quotes: white space in them, such as a tab in the name of a class, becomes a single space.
"""

from pathlib import Path
from typing import Any, NamedTuple

from embedding_bench.core.files import save_text


class Table(NamedTuple):
    """Names of columns, and rows of as many cells."""

    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def write(path: Path, table: Table) -> None:
    """Write a TSV."""
    lines = ["\t".join(map(_folded, row)) for row in [table.header, *table.rows]]
    save_text(path, "\n".join(lines) + "\n")


def read(path: Path) -> list[dict[str, str]]:
    """Read a TSV: for each row, its cells by the names of the columns."""
    header, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [dict(zip(header, row, strict=True)) for row in rows]


def _folded(cell: Any) -> str:
    return " ".join(str(cell).split())
