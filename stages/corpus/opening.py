"""From settings to a source of texts, and from a file or folder that nobody described to settings."""

from pathlib import Path

from stages.core.errors import UserError
from stages.core.settings import FolderDataset, TableDataset, TfdsDataset
from stages.corpus import folder, table
from stages.corpus.encoding import UTF8
from stages.corpus.layout import EXPECTED as CLASS_FOLDERS
from stages.corpus.layout import NoClassesError, find_texts
from stages.corpus.lines import is_folder
from stages.corpus.source import Source
from stages.corpus.tfds import open_tfds


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


def propose(path: Path, text: list[str], label: str | None) -> TableDataset | FolderDataset:
    """Look at a file or folder and say everything about it: columns, splits, encoding, delimiter.

    Raises:
        UserError: It holds neither tables nor class folders, or cannot be read.
    """
    if not is_folder(path) or table.table_files(path):
        return _propose_table(path, text, label)
    if text or label is not None:
        raise UserError(f"{path}: holds no table, and a text or label column was named; {table.EXPECTED}")
    try:
        return _propose_folder(path)
    except NoClassesError:
        otherwise = CLASS_FOLDERS.removeprefix("expected ")
        raise UserError(f"{path}: holds neither tables nor class folders; {table.EXPECTED}, or {otherwise}") from None


def _propose_table(path: Path, text: list[str], label: str | None) -> TableDataset:
    asked = TableDataset(source="table", text=text, label=label, deduplicate=True)
    tables, columns, _ = table.look_at(path, asked)
    encodings = {found.encoding for found in tables.values()}
    encoding = encodings.pop() if len(encodings) == 1 else None  # of several, each is found again
    delimiters = {found.delimiter for found in tables.values() if table.file_format(found.path) == ".csv"}
    delimiter = delimiters.pop() if len(delimiters) == 1 else None
    return asked.model_copy(
        update={
            "text": columns.text,
            "label": columns.label,
            "splits": {split: found.path.name for split, found in tables.items()} if path.is_dir() else {},
            "encoding": None if encoding == UTF8 else encoding,
            "delimiter": None if delimiter == "," else delimiter,
        }
    )


def _propose_folder(path: Path) -> FolderDataset:
    layout = find_texts(path, {})
    encodings = folder.survey([text for texts in layout.texts.values() for text in texts], None, path)
    encoding = encodings.detected if not encodings.utf8 else None  # where both stand, they are told apart by file
    asked = FolderDataset(source="folder", encoding=encoding, deduplicate=True)
    return asked.model_copy(update={"splits": layout.splits})
