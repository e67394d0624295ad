"""Tables and folders to read, and the rows and notes read from them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from embedding_bench.corpus.opening import open_dataset
from embedding_bench.settings.datasets import FolderDataset, TableDataset
from stages.download import download

Rows = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def timings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "project"))


def table(**settings: object) -> TableDataset:
    return TableDataset(source="table", **settings)


def folder(**settings: object) -> FolderDataset:
    return FolderDataset(source="folder", **settings)


def read(path: Path, dataset: TableDataset | FolderDataset | None = None, split: str = "train") -> Rows:
    """Read raw texts with the names of their labels; "" if unlabelled."""
    source = open_dataset(dataset or table(), path)
    chunks = list(source.splits[split]())
    names = [*source.labels(), ""]
    return [(text, names[label]) for chunk in chunks for text, label in zip(chunk.texts, chunk.labels, strict=True)]


def notes(path: Path, dataset: TableDataset | FolderDataset | None = None) -> list[str]:
    """Read all splits and return the notes of the source."""
    source = open_dataset(dataset or table(), path)
    for split in source.splits.values():
        list(split())
    return source.notes()


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Path]:
    """Write files to `input`, run the download stage on them, and return the folder of the corpus."""

    def write_and_download(
        files: dict[str, str | bytes], dataset: TableDataset | FolderDataset, name: str = ""
    ) -> Path:
        write(tmp_path / "input", files)
        out = tmp_path / "data/corpus"
        download("given", dataset, tmp_path / "input" / name, out)
        return out

    return write_and_download


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
