"""Settings -> source of texts; undescribed file or folder -> settings."""

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
    """Open a dataset; `source` is the file or folder of a table or folder dataset.

    Raises:
        UserError: It cannot be read with these settings.
    """
    if isinstance(dataset, TfdsDataset):
        return open_tfds(dataset)
    if isinstance(dataset, TableDataset):
        return table.open_table(source, dataset)
    return folder.open_folder(source, dataset)


def propose(
    path: Path,
    text: list[str],
    label: str | None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
) -> TableDataset | FolderDataset:
    """Propose the settings of a file or folder: detect columns, splits, encoding, delimiter and header.

    A folder with both class folders and tables is read as tables if a column is named, or a table is called train.

    Raises:
        UserError: The path has neither tables nor class folders, or cannot be read.
    """
    if not is_folder(path):
        return _propose_table(path, text, label, encoding, delimiter, header)
    tables = table.table_files(path)
    prefer_tables = bool(text) or label is not None or any(split_of(name) == "train" for name in tables)
    if tables and prefer_tables:
        return _propose_table(path, text, label, encoding, delimiter, header)
    if prefer_tables:
        raise UserError(f"{path}: holds no table, and a text or label column was named; {table.EXPECTED}")
    try:
        return _propose_folder(path, encoding)
    except NoClassesError:
        if tables:
            return _propose_table(path, text, label, encoding, delimiter, header)
        class_folders = CLASS_FOLDERS.removeprefix("expected ")
        raise UserError(
            f"{path}: holds neither tables nor class folders; {table.EXPECTED}, or {class_folders}"
        ) from None


def _propose_table(
    path: Path,
    text: list[str],
    label: str | None,
    encoding: str | None,
    delimiter: str | None,
    header: bool | None,
) -> TableDataset:
    dataset = TableDataset(
        source="table",
        text=text,
        label=label,
        encoding=encoding,
        delimiter=delimiter,
        header=header,
        deduplicate=True,
    )
    tables, columns, _ = table.open_tables(path, dataset)
    encodings = {opened.encoding for opened in tables.values()}
    common_encoding = encodings.pop() if len(encodings) == 1 else None  # several are detected again, file by file
    delimiters = {opened.delimiter for opened in tables.values() if table.file_format(opened.path) == ".csv"}
    common_delimiter = delimiters.pop() if len(delimiters) == 1 else None
    return dataset.model_copy(
        update={
            "text": columns.text,
            "label": columns.label,
            "splits": {split: opened.path.name for split, opened in tables.items()} if path.is_dir() else {},
            "encoding": encoding or (None if common_encoding == UTF8 else common_encoding),
            "delimiter": delimiter or (None if common_delimiter == "," else common_delimiter),
            "header": header if any(opened.named for opened in tables.values()) else False,
        }
    )


def _propose_folder(path: Path, encoding: str | None) -> FolderDataset:
    layout = find_texts(path, {})
    all_texts = [text for texts in layout.texts.values() for text in texts]
    encodings = folder.detect_encodings(all_texts, encoding, path)
    detected = encodings.detected if not encodings.utf8 else None  # mixed encodings are detected again, file by file
    dataset = FolderDataset(source="folder", encoding=encoding or detected, deduplicate=True)
    return dataset.model_copy(update={"splits": layout.splits})
