"""fastText's training format: a text a line, its class as a word such as ``__label__news``."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.encoding import find_encoding
from embedding_bench.corpus.lines import opened, read_lines
from embedding_bench.corpus.tables.table import GUESS_CHARACTERS, GUESS_ROWS, Rows, Table

PREFIX = "__label__"
LABEL, TEXT = "label", "text"
BEGINNING = 1024  # bytes


def is_fasttext(path: Path) -> bool:
    """Tell whether a file begins with a label.

    Raises:
        UserError: The file cannot be read.
    """
    with opened(path) as stream:
        return stream.read(BEGINNING).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(PREFIX.encode())


def open_fasttext(path: Path, encoding: str | None) -> Table:
    """Open a file; its columns are called `label` and `text`.

    Raises:
        UserError: The file cannot be read or decoded; while it is read: a text has several labels.
    """
    codec, detected = find_encoding(path, encoding)
    sample = list(islice(_rows(path, codec), GUESS_ROWS))
    columns = {LABEL: [label for label, _ in sample], TEXT: [text[:GUESS_CHARACTERS] for _, text in sample]}

    def read(text: list[str], label: str | None) -> Rows:  # noqa: ARG001  # there is one column of text
        for found, words in _rows(path, codec):
            yield words, found if label is not None else ""

    notes = [f"{path.name} read as {codec}, which was detected"] if detected else []
    return Table(path, [LABEL, TEXT], columns, [TEXT], read, codec, None, notes)


def _rows(path: Path, encoding: str) -> Iterator[tuple[str, str]]:
    """Yield the label, "" if there is none, and the text of each non-blank line."""
    for number, line in enumerate(read_lines(path, encoding), 1):
        words = line.split()
        labels = [word for word in words if word.startswith(PREFIX)]
        if len(labels) > 1:
            raise UserError(
                f"{path}: line {number} has {len(labels)} labels, {' '.join(labels[:3])}; expected one: "
                "a text belongs to one class here; keep one label a line, or make a file for each label"
            )
        if words:
            label = labels[0].removeprefix(PREFIX) if labels else ""
            yield label, " ".join(word for word in words if not word.startswith(PREFIX))
