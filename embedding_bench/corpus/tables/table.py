"""The common form of tables of every format."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

GUESS_ROWS = 1000
GUESS_CHARACTERS = 1000  # of a cell; enough to distinguish texts from labels
TEXT_NAMES = ("text", "texts", "review", "sentence", "content", "body", "message", "description", "comment")
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment", "topic")

Rows = Iterator[tuple[str, str]]  # text and label value; "" without a label


class Table(NamedTuple):
    """An inspected file: its columns, first values and reader."""

    path: Path
    header: list[str]
    sample: dict[str, list[str]]  # first values, shortened, of the columns that may be text or label
    text_candidates: list[str]  # columns that may be guessed as text
    read: Callable[[list[str], str | None], Rows]  # (text columns to join, label column) -> rows
    encoding: str | None = None
    delimiter: str | None = None
    notes: list[str] = []
    unsupported: dict[str, str] = {}  # columns that can be neither text nor label, and their type
    named: bool = True  # by a header, or by keys; else the columns are called 1, 2, and so on


def looks_like(name: str, names: tuple[str, ...]) -> bool:
    """Tell whether a column has one of the usual names."""
    return name.strip().lower() in names
