"""From settings to a source of texts, and from a file or folder that nobody described to settings."""

from pathlib import Path

from embedding_bench.core.errors import UserError
from embedding_bench.corpus import folder, table
from embedding_bench.corpus.encoding import UTF8
from embedding_bench.corpus.layout import EXPECTED as CLASS_FOLDERS
from embedding_bench.corpus.layout import NoClassesError, find_texts
from embedding_bench.corpus.lines import is_folder
from embedding_bench.corpus.source import Source
from embedding_bench.corpus.split_names import split_of
from embedding_bench.corpus.tfds import open_tfds
from embedding_bench.settings.datasets import FolderDataset, TableDataset, TfdsDataset


def open_dataset(dataset: TfdsDataset | TableDataset | FolderDataset, source: Path) -> Source:
    """Open a dataset; `source` is the file or folder that a table or a folder is read from.

    Raises:
        UserError: It cannot be read as what the settings say.
    """
    if isinstance(dataset, TfdsDataset):
        return open_tfds(dataset)
    if isinstance(dataset, TableDataset):
        return table.open_table(source, dataset)
    return folder.open_folder(source, dataset)


def propose(
    path: Path, text: list[str], label: str | None, encoding: str | None = None, delimiter: str | None = None
) -> TableDataset | FolderDataset:
    """Look at a file or folder and say everything about it: columns, splits, encoding, delimiter.

    A folder with both class folders and tables is one of tables if a column, or by its name the train split, is.

    Raises:
        UserError: It holds neither tables nor class folders, or cannot be read.
    """
    if not is_folder(path):
        return _propose_table(path, text, label, encoding, delimiter)
    tables = table.table_files(path)
    named = bool(text) or label is not None or any(split_of(name) == "train" for name in tables)
    if tables and named:
        return _propose_table(path, text, label, encoding, delimiter)
    if named:
        raise UserError(f"{path}: holds no table, and a text or label column was named; {table.EXPECTED}")
    try:
        return _propose_folder(path, encoding)
    except NoClassesError:
        if tables:
            return _propose_table(path, text, label, encoding, delimiter)
        otherwise = CLASS_FOLDERS.removeprefix("expected ")
        raise UserError(f"{path}: holds neither tables nor class folders; {table.EXPECTED}, or {otherwise}") from None


def _propose_table(
    path: Path, text: list[str], label: str | None, encoding: str | None, delimiter: str | None
) -> TableDataset:
    asked = TableDataset(
        source="table", text=text, label=label, encoding=encoding, delimiter=delimiter, deduplicate=True
    )
    tables, columns, _ = table.look_at(path, asked)
    encodings = {found.encoding for found in tables.values()}
    found_encoding = encodings.pop() if len(encodings) == 1 else None  # of several, each is found again
    delimiters = {found.delimiter for found in tables.values() if table.file_format(found.path) == ".csv"}
    found_delimiter = delimiters.pop() if len(delimiters) == 1 else None
    return asked.model_copy(
        update={
            "text": columns.text,
            "label": columns.label,
            "splits": {split: found.path.name for split, found in tables.items()} if path.is_dir() else {},
            "encoding": encoding or (None if found_encoding == UTF8 else found_encoding),
            "delimiter": delimiter or (None if found_delimiter == "," else found_delimiter),
        }
    )


def _propose_folder(path: Path, encoding: str | None) -> FolderDataset:
    layout = find_texts(path, {})
    found = folder.survey([text for texts in layout.texts.values() for text in texts], encoding, path)
    detected = found.detected if not found.utf8 else None  # where both stand, they are told apart by file
    asked = FolderDataset(source="folder", encoding=encoding or detected, deduplicate=True)
    return asked.model_copy(update={"splits": layout.splits})
