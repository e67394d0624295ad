"""The interface of a source of texts: raw chunks by split, and class names."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Labels
from embedding_bench.corpus.classes import Classes

CHUNK_ROWS = 4096
CHUNK_CHARACTERS = 2**24  # bounds the memory of a chunk of long texts


class Chunk(NamedTuple):
    """Uncleaned rows of a split; `labels` int32 [rows], -1 if unlabelled."""

    texts: list[str]
    labels: Labels


class Source(NamedTuple):
    """Splits to read as chunks, once each; call `labels()` and `notes()` after all splits are read."""

    splits: dict[str, Callable[[], Iterator[Chunk]]]
    labels: Callable[[], list[str]]
    ordered: bool = False  # keep the order of the classes; otherwise they are sorted
    notes: Callable[[], list[str]] = list  # detected properties of the data, for the summary
    text_location: str = "the texts"  # the texts in error messages, such as "table.csv: column 'text'"
    label_location: str = "the labels"


def chunks(rows: Iterable[tuple[str, str]], classes: Classes) -> Iterator[Chunk]:
    """Gather rows of text and class name into chunks; an empty name is a missing label."""
    texts: list[str] = []
    labels: list[int] = []
    size = 0
    for text, label in rows:
        texts.append(text)
        labels.append(classes.number(label))
        size += len(text)
        if len(texts) >= CHUNK_ROWS or size >= CHUNK_CHARACTERS:
            yield Chunk(texts, np.asarray(labels, np.int32))
            texts, labels, size = [], [], 0
    if texts:
        yield Chunk(texts, np.asarray(labels, np.int32))
