"""Which columns of a table hold the text and the label: declared, or guessed from their names and the first rows."""

from typing import NamedTuple

from embedding_bench.core.errors import UserError, allowed
from embedding_bench.corpus.tables.delimited import one_column
from embedding_bench.corpus.tables.table import Table

TEXT_NAMES = ("text", "texts", "review", "sentence", "content", "body", "message", "description", "comment")
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment", "topic")


class Columns(NamedTuple):
    """The columns that hold the text, in order, and the one that holds the label."""

    text: list[str]
    label: str


def find_columns(table: Table, text: list[str], label: str | None) -> Columns:
    """Take the declared columns, and guess the others.

    Raises:
        UserError: There is no such column, or nothing looks like a label or a text.
    """
    if len(set(text)) < len(text):
        raise UserError(f"{table.path}: a text column is named twice in {', '.join(text)}; name each once")
    if repeated := [name for name in table.header if table.header.count(name) > 1]:
        raise UserError(f"{table.path}: two columns are called '{repeated[0]}'; rename one")
    check_columns(table, [*text, *([label] if label is not None else [])])
    if len(table.header) < 2 and table.delimiter:
        raise one_column(table.path, table.header[0], table.delimiter)
    if label in text:
        raise UserError(f"{table.path}: column '{label}' is to be both text and label; name two columns")
    found = label if label is not None else _guess_label(table, text)
    return Columns(text or _guess_text(table, found), found)


def check_columns(table: Table, names: list[str]) -> None:
    """Hold names against the header.

    Raises:
        UserError: A column is not there, or holds what is neither text nor label.
    """
    for name in names:
        if name not in table.header:
            raise UserError(f"{table.path}: no column '{name}'; {allowed(name, table.header)}")
        if name in table.unfit:
            raise UserError(f"{table.path}: column '{name}' holds {table.unfit[name]}; expected strings or numbers")


def _looks_like(name: str, names: tuple[str, ...]) -> bool:
    return name.strip().lower() in names


def _guess_label(table: Table, text: list[str]) -> str:
    """Take a column by its name, or the one with the fewest different values."""
    free = {name: values for name, values in table.sample.items() if name not in text}
    for name in free:
        if _looks_like(name, LABEL_NAMES):
            return name
    kinds = {name: len({value.strip() for value in values} - {""}) for name, values in free.items()}
    kinds = {name: count for name, count in kinds.items() if count > 1}  # a constant column tells nothing
    best = min(kinds, key=lambda name: (kinds[name], _looks_like(name, TEXT_NAMES)), default=None)
    if best is None or len(table.header) < 2 or kinds[best] > max(2, len(free[best]) // 2):
        names = ", ".join(table.header)
        raise UserError(
            f"{table.path}: no column looks like a label; name one of {names} "
            "(LABEL=name of `make answer`, `label` in params.yaml)"
        )
    return best


def _guess_text(table: Table, label: str) -> list[str]:
    """Take a column by its name, or the one with the longest values."""
    free = [name for name in table.wordy if name != label]
    for name in free:
        if _looks_like(name, TEXT_NAMES):
            return [name]
    if not free:
        others = [f"'{name}' holds {table.unfit.get(name, 'no words')}" for name in table.header if name != label]
        raise UserError(f"{table.path}: no column besides '{label}' holds text: {', '.join(others) or 'it is alone'}")
    return [max(free, key=lambda name: sum(len(value) for value in table.sample[name]))]
