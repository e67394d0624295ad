"""Table datasets: one file, or a folder with one file for each split."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from embedding_bench.core.errors import UserError, allowed
from embedding_bench.corpus.classes import Classes, printable
from embedding_bench.corpus.columns import Columns, check_columns, find_columns
from embedding_bench.corpus.lines import is_folder, unreadable
from embedding_bench.corpus.source import Chunk, Source, chunks
from embedding_bench.corpus.split_names import by_split
from embedding_bench.corpus.tables.delimited import open_delimited
from embedding_bench.corpus.tables.fasttext import is_fasttext, open_fasttext
from embedding_bench.corpus.tables.json_lines import open_json_lines
from embedding_bench.corpus.tables.parquet import open_parquet
from embedding_bench.corpus.tables.table import Table
from embedding_bench.settings.datasets import TableDataset

COMPRESSIBLE = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
FORMATS = (*COMPRESSIBLE, ".parquet")
FASTTEXT = "fasttext"
EXPECTED = "expected .csv, .tsv, .jsonl, .ndjson or .json (also .gz), .parquet, or lines that begin with __label__"


class Tables(NamedTuple):
    """The tables of a dataset by split, their columns, and the names of unused tables beside them."""

    by_split: dict[str, Table]
    columns: Columns
    unused: list[str]


def file_format(path: Path) -> str | None:
    """Return the suffix of a table's format, without .gz, or FASTTEXT by the first bytes; None if it is not a table.

    >>> file_format(Path("train.csv.gz"))
    '.csv'

    Raises:
        UserError: A file with another suffix cannot be read.
    """
    *others, last = ["", *(suffix.lower() for suffix in path.suffixes)]
    if last in FORMATS or (last == ".gz" and others[-1] in COMPRESSIBLE):
        return last if last in FORMATS else others[-1]
    readable = ".parquet" not in others and is_folder(path) is False
    return FASTTEXT if readable and is_fasttext(path) else None


def table_files(folder: Path) -> list[str]:
    """Return the sorted names of the tables in a folder.

    Raises:
        UserError: The folder cannot be read.
    """
    try:
        paths = [path for path in folder.iterdir() if not path.name.startswith(".") and not is_folder(path)]
    except OSError as error:
        raise unreadable(folder, error) from None
    return sorted(path.name for path in paths if _is_table(path))


def _is_table(path: Path) -> bool:
    """Tell whether a file of a folder is a table; one beside the tables need not be readable."""
    try:
        return (path.is_file() or path.is_symlink()) and file_format(path) is not None
    except UserError:
        return False


def find_files(source: Path, declared: dict[str, str]) -> tuple[dict[str, Path], list[str]]:
    """Return the file of each split, and the names of tables that belong to no split.

    Raises:
        UserError: The path does not exist, or the file of a split is ambiguous or missing.
    """
    if is_folder(source) is None:
        raise UserError(f"{source}: no such file; {EXPECTED}, or a folder of such files")
    if not is_folder(source):
        if declared:
            raise UserError(f"{source}: is one file, and `splits` names several; expected a folder, or no `splits`")
        return {"train": source}, []
    names = table_files(source)
    for name in declared.values():
        if is_folder(source / name) is not False:
            raise UserError(f"{source}: no file '{name}', which `splits` names; {allowed(name, names)}")
    splits = declared or {"train": names[0]} if declared or len(names) == 1 else by_split(names, str(source))
    if not names and not declared:
        raise UserError(f"{source}: holds no table; {EXPECTED}")
    if "train" not in splits:
        raise UserError(
            f"{source}: which table is train? found {', '.join(names[:8])}; name one train, "
            f"or say which with `splits`, such as {{train: {names[0]}}}"
        )
    used = {(source / name).resolve() for name in splits.values()}
    unused = [name for name in names if (source / name).resolve() not in used]
    return {split: source / name for split, name in splits.items()}, unused


def open_file(path: Path, dataset: TableDataset) -> Table:
    """Open one table in the format of its suffix.

    Raises:
        UserError: The format is unknown, or the file cannot be read.
    """
    match file_format(path):
        case ".csv":
            return open_delimited(path, dataset.encoding, dataset.delimiter, dataset.header)
        case ".tsv":
            return open_delimited(path, dataset.encoding, dataset.delimiter or "\t", dataset.header)
        case "fasttext":
            return open_fasttext(path, dataset.encoding)
        case ".parquet":
            return open_parquet(path)
        case None:
            raise UserError(f"{path}: unknown table format; {EXPECTED}")
        case _:
            return open_json_lines(path, dataset.encoding)


def open_tables(source: Path, dataset: TableDataset) -> Tables:
    """Open the table of every split; all have the columns of train.

    Raises:
        UserError: A file cannot be read, or lacks a column.
    """
    files, unused = find_files(source, dict(dataset.splits.items()))
    train = open_file(files["train"], dataset)
    columns = find_columns(train, dataset.text, dataset.label)
    alike = dataset.model_copy(update={"header": train.named})  # columns have the same names in all splits
    tables = {split: train if split == "train" else open_file(path, alike) for split, path in files.items()}
    for table in tables.values():
        label = [columns.label] if columns.label in table.header else []  # a test split may lack labels
        check_columns(table, [*columns.text, *label])
        find_columns(table, columns.text, columns.label) if label else None
    return Tables(tables, columns, unused)


def open_table(source: Path, dataset: TableDataset) -> Source:
    """Open a table, or a folder with one for each split; the classes are the values of the label column.

    Raises:
        UserError: A file cannot be read; while splits are read: a row cannot be read.
    """
    tables, columns, unused = open_tables(source, dataset)
    location = f"{source}: column '{columns.label}'"
    classes = Classes(location)
    return Source(
        splits={split: _reader(table, split, columns, classes) for split, table in tables.items()},
        labels=lambda: list(classes.names),
        notes=lambda: _notes(tables, columns, unused),
        text_location=f"{source}: column '{' and '.join(columns.text)}'",
        label_location=location,
    )


def _reader(table: Table, split: str, columns: Columns, classes: Classes) -> Callable[[], Iterator[Chunk]]:
    label = columns.label if split != "unlabeled" and columns.label in table.header else None
    return lambda: chunks(table.read(columns.text, label), classes)


def _notes(tables: dict[str, Table], columns: Columns, unused: list[str]) -> list[str]:
    notes = [f"text in {', '.join(columns.text)}, label in {columns.label}"]
    if len(tables) > 1:
        notes.append("files: " + ", ".join(f"{table.path.name} as {split}" for split, table in tables.items()))
    notes += dict.fromkeys(note for table in tables.values() for note in table.notes)
    notes += [f"{len(unused)} tables beside them not used: {', '.join(unused[:5])}"] if unused else []
    return [printable(note) for note in notes]
