"""The text and label columns of a table: declared, or guessed from names and first rows."""

from typing import NamedTuple

from embedding_bench.core.errors import UserError, allowed
from embedding_bench.corpus.tables.delimited import one_column
from embedding_bench.corpus.tables.table import LABEL_NAMES, TEXT_NAMES, Table, looks_like


class Columns(NamedTuple):
    """The text columns, in the order of joining, and the label column."""

    text: list[str]
    label: str


def find_columns(table: Table, text: list[str], label: str | None) -> Columns:
    """Return the declared columns; guess undeclared ones.

    Raises:
        UserError: A declared column does not exist, or no column looks like a label or a text.
    """
    if len(set(text)) < len(text):
        raise UserError(f"{table.path}: a text column is named twice in {', '.join(text)}; name each once")
    if repeated := [name for name in table.header if table.header.count(name) > 1]:
        raise UserError(f"{table.path}: two columns are called '{repeated[0]}'; rename one")
    check_columns(table, [*text, *([label] if label is not None else [])])
    if len(table.header) < 2 and table.delimiter:
        raise one_column(table.path, table.header[0], table.delimiter)
    if label in text:
        raise UserError(f"{table.path}: column '{label}' is named as both text and label; name two columns")
    label = label if label is not None else _guess_label(table, text)
    return Columns(text or _guess_text(table, label), label)


def check_columns(table: Table, names: list[str]) -> None:
    """Check column names against the header.

    Raises:
        UserError: A column does not exist, or its type can be neither text nor label.
    """
    for name in names:
        if name not in table.header:
            raise UserError(f"{table.path}: no column '{name}'; {allowed(name, table.header)}")
        if name in table.unsupported:
            raise UserError(
                f"{table.path}: column '{name}' holds {table.unsupported[name]}; expected strings or numbers"
            )


def _guess_label(table: Table, text: list[str]) -> str:
    """Return the first column with a usual label name, else the one with the fewest distinct values."""
    candidates = {name: values for name, values in table.sample.items() if name not in text}
    for name in candidates:
        if looks_like(name, LABEL_NAMES):
            return name
    distinct = {name: len({value.strip() for value in values} - {""}) for name, values in candidates.items()}
    distinct = {name: count for name, count in distinct.items() if count > 1}  # a constant column has one class
    best = min(distinct, key=lambda name: (distinct[name], looks_like(name, TEXT_NAMES)), default=None)
    if best is None or len(table.header) < 2 or distinct[best] > max(2, len(candidates[best]) // 2):
        names = ", ".join(table.header)
        raise UserError(
            f"{table.path}: no column looks like a label; name one of {names} (`--label`, or `label` in params.yaml)"
        )
    return best


def _guess_text(table: Table, label: str) -> list[str]:
    """Return the first column with a usual text name, else the one with the longest values."""
    candidates = [name for name in table.text_candidates if name != label]
    for name in candidates:
        if looks_like(name, TEXT_NAMES):
            return [name]
    if not candidates:
        others = [f"'{name}' holds {table.unsupported.get(name, 'no words')}" for name in table.header if name != label]
        raise UserError(
            f"{table.path}: no column besides '{label}' holds text: {', '.join(others) or 'it is the only column'}"
        )
    return [max(candidates, key=lambda name: sum(len(value) for value in table.sample[name]))]
