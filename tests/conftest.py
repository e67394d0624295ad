"""Tiny corpora and artifacts that tests share."""

from embedding_bench.core.machine import compute_alike

compute_alike()  # as stages do, before NumPy is imported

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import corpus

ROOT = Path(__file__).resolve().parents[1]

Rows = list[tuple[str, int]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, so that no worker waits for them at the end."""
    items.sort(key=lambda item: item.path.parent.name != "pipeline")


@pytest.fixture
def write_corpus(tmp_path: Path) -> Callable[..., Path]:
    """Write a corpus folder from (text, label) rows by split."""

    def write(labels: tuple[str, ...] = ("bad", "good"), **splits: Rows) -> Path:
        folder = tmp_path / "corpus"
        folder.mkdir()
        for split, rows in splits.items():
            texts, numbers = [text for text, _ in rows], np.asarray([label for _, label in rows], np.int32)
            batch = pa.record_batch([pa.array(texts, pa.string()), pa.array(numbers)], schema=corpus.SCHEMA)
            corpus.write_split(folder, split, [batch], corpus.SCHEMA)
        corpus.write_summary(folder, {"dataset": "tiny", "labels": list(labels)})
        return folder

    return write
