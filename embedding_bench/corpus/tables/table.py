"""What every format of tables is read as."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

GUESS_ROWS = 1000
GUESS_CHARACTERS = 1000  # of a cell: enough to tell texts from labels

Rows = Iterator[tuple[str, str]]  # a text and the value of its label, empty where there is none


class Table(NamedTuple):
    """A file that was looked at, and can be read."""

    path: Path
    header: list[str]
    sample: dict[str, list[str]]  # the first values, cut short, of the columns that may hold a text or a label
    wordy: list[str]  # those that may be taken for texts unasked
    read: Callable[[list[str], str | None], Rows]  # text columns, which are joined, and the label column
    encoding: str | None = None
    delimiter: str | None = None
    notes: list[str] = []
    unfit: dict[str, str] = {}  # columns that can be neither text nor label, and what they hold
