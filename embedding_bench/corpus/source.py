"""What a source of texts hands to the download stage."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.corpus.classes import Classes

CHUNK_ROWS = 4096
CHUNK_CHARACTERS = 2**24  # a chunk of long texts has fewer rows


class Chunk(NamedTuple):
    """Some rows of a split, uncleaned; `labels` int32 [rows], -1 where there are none."""

    texts: list[str]
    labels: npt.NDArray[np.int32]


class Source(NamedTuple):
    """Splits that can be read as chunks, once each; `labels()` and `notes()` are known once all splits are read."""

    splits: dict[str, Callable[[], Iterator[Chunk]]]
    labels: Callable[[], list[str]]
    ordered: bool = False  # the source has an order of its own for its classes
    notes: Callable[[], list[str]] = list  # what a person should know of how the data were read
    text_place: str = "the texts"  # what errors call the texts, such as "table.csv: column 'text'"
    label_place: str = "the labels"


def chunks(rows: Iterable[tuple[str, str]], classes: Classes) -> Iterator[Chunk]:
    """Gather rows of a text and the name of a class; an empty name is a missing label."""
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
