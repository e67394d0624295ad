"""Writing the sample corpus as an artifact, block by block."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.blocks import count_words, hash_texts
from embedding_bench.corpus.build import summarise
from embedding_bench.corpus.rows import Rows
from embedding_bench.corpus.sample.ceilings import ceilings
from embedding_bench.corpus.sample.generator import LABELS, generate
from embedding_bench.settings.datasets import SampleDataset


def write_sample(dataset: SampleDataset, folder: Path) -> dict[str, Any]:
    """Write every split and return the corpus summary, with the ceilings of this draw.

    Raises:
        UserError: Train is too small to have a text of each class.
    """
    rows = {split: _write_split(split, dataset, folder) for split in corpus.SPLITS}
    if len(np.unique(rows["train"].labels)) < len(LABELS):
        raise UserError(
            f"datasets.sample.train: found {dataset.train}, too few for a text of each class; take 50 or more"
        )
    test = pq.read_table(folder / "test.parquet", columns=["label", "facet", "clean_label"])
    return {"labels": list(LABELS), "ceiling": ceilings(test), **summarise(rows, list(LABELS))}


def _write_split(split: str, dataset: SampleDataset, folder: Path) -> Rows:
    parts: list[Rows] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in generate(split, dataset):
            texts = batch.column("text").to_pylist()
            parts.append(Rows(batch.column("label").to_numpy(), hash_texts(texts), count_words(texts)))
            yield batch

    corpus.write_split(folder, split, batches(), corpus.FACETS)
    return Rows.join(parts)
