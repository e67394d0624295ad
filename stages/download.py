"""download: fetch or generate the labelled texts, clean and split them."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from embedding_bench.artifacts import corpus
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import whole_folder
from embedding_bench.corpus import sample
from embedding_bench.corpus.build import build, count_words, hash_texts, small_splits, summarise
from embedding_bench.corpus.opening import open_dataset
from embedding_bench.corpus.rows import Rows
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.datasets import Dataset, SampleDataset


def download(name: str, dataset: Dataset, source: Path, out: Path) -> None:
    """Write the corpus of one catalogue entry; `source` is the file or folder that a table or folder reads."""
    with timing.timed("download", [out]), whole_folder(out) as folder:
        if isinstance(dataset, SampleDataset):
            summary = generate(dataset, folder)
        else:
            summary = build(open_dataset(dataset, source), dataset, folder)
        corpus.write_summary(folder, {"dataset": name, **summary})
    say(describe(name, summary))


def generate(dataset: SampleDataset, folder: Path) -> dict[str, Any]:
    """Write the sample corpus and return its summary, with the ceilings that it realised."""
    rows = {split: write_sample(split, dataset, folder) for split in corpus.SPLITS}
    if len(np.unique(rows["train"].labels)) < len(sample.LABELS):
        raise UserError(
            f"datasets.sample.train: found {dataset.train}, too few for a text of each class; take 50 or more"
        )
    test = pq.read_table(folder / "test.parquet", columns=["label", "facet", "clean_label"])
    return {"labels": list(sample.LABELS), "ceiling": sample.ceilings(test), **summarise(rows, list(sample.LABELS))}


def write_sample(split: str, dataset: SampleDataset, folder: Path) -> Rows:
    """Write one split of the sample corpus a block at a time, and return what is kept of its rows."""
    parts: list[Rows] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in sample.generate(split, dataset):
            texts = batch.column("text").to_pylist()
            parts.append(Rows(batch.column("label").to_numpy(), hash_texts(texts), count_words(texts)))
            yield batch

    corpus.write_split(folder, split, batches(), corpus.FACETS)
    return Rows.join(parts)


def describe(name: str, summary: dict[str, Any]) -> str:
    """Say in a line what came of it."""
    splits = summary["splits"]
    sizes = ", ".join(f"{found['rows']:,} {split}" for split, found in splits.items())
    notes = list(summary.get("notes", []))
    notes += [f"{splits['test']['also_in_train']} test texts also in train"] if splits["test"]["also_in_train"] else []
    notes += [f"{found['empty']} empty in {split}" for split, found in splits.items() if found["empty"]]
    notes += small_splits(summary)
    removed = sum(summary.get("removed_from_train", {}).values())
    notes += [f"{removed} duplicates removed from train"] if removed else []
    return f"download: {name}: {sizes}; {len(summary['labels'])} classes" + "".join(f"; {note}" for note in notes)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", required=True, help="a key of `datasets`")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    found = load_settings()
    download(arguments.dataset, found.datasets[arguments.dataset], Path(found.input), arguments.out)


if __name__ == "__main__":
    errors.run(main)
