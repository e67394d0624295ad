from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.blocks import hash_texts
from embedding_bench.corpus.build import summarise
from embedding_bench.corpus.rows import Rows
from embedding_bench.corpus.sample import writer
from embedding_bench.corpus.sample.ceilings import ceilings
from embedding_bench.corpus.sample.generator import BLOCK, LABELS, generate
from embedding_bench.corpus.sample.writer import write_sample
from embedding_bench.settings.datasets import SampleDataset
from stages.download import download


def sizes(**changed: int) -> SampleDataset:
    defaults = {"train": BLOCK + 800, "validation": 50, "test": 300, "unlabeled": 0}
    return SampleDataset(source="sample", seed=1, noise=0.03, **{**defaults, **changed})


def write(folder: Path, dataset: SampleDataset) -> Path:
    download("sample", dataset, Path("none"), folder / "corpus")
    return folder / "corpus"


def test_the_files_hold_what_the_generator_yields(tmp_path):
    dataset = sizes(unlabeled=BLOCK)
    folder = write(tmp_path, dataset)
    for split in corpus.SPLITS:
        written = pq.read_table(folder / f"{split}.parquet")
        assert written.equals(pa.Table.from_batches(list(generate(split, dataset))))


@pytest.mark.parametrize("unlabeled", [0, 100])
def test_the_summary_describes_the_files(tmp_path, unlabeled):
    folder = write(tmp_path, sizes(unlabeled=unlabeled))
    summary = corpus.read_summary(folder)
    tables = {split: pq.read_table(folder / f"{split}.parquet").to_pydict() for split in corpus.SPLITS}
    train = set(tables["train"]["text"])
    for split, table in tables.items():
        labels, words = Counter(table["label"]), [len(text.split()) for text in table["text"]]
        assert summary["splits"][split] == {
            "rows": len(words),
            "classes": {name: labels[number] for number, name in enumerate(LABELS)},
            "words": {f"p{q}": int(np.percentile(words, q)) if words else 0 for q in (5, 50, 95, 99)},
            "empty": 0,
            "duplicates": len(words) - len(set(table["text"])),
            "also_in_train": len([text for text in table["text"] if text in train]) if split != "train" else 0,
        }
    assert summary["labels"] == list(LABELS)
    assert summary["ceiling"] == ceilings(pa.table(tables["test"]))


def test_memory_does_not_grow_with_the_texts(tmp_path, monkeypatch):
    held = []

    def watched(split: str, dataset: SampleDataset) -> Iterator[pa.RecordBatch]:
        for batch in generate(split, dataset):
            held.append(pa.total_allocated_bytes())
            yield batch

    monkeypatch.setattr(writer, "generate", watched)
    write_sample(sizes(train=8 * BLOCK), tmp_path)
    assert held[7] < held[1] + next(generate("train", sizes())).nbytes


def test_too_few_texts_for_all_classes_are_said(tmp_path):
    with pytest.raises(UserError, match=r"datasets.sample.train: found 1, too few for a text of each class"):
        write_sample(sizes(train=1), tmp_path)


def rows(*texts: str) -> Rows:
    return Rows(np.zeros(len(texts), np.int32), hash_texts(list(texts)), np.ones(len(texts), np.int32))


def test_duplicates_and_texts_of_train_are_counted_wherever_they_stand():
    splits = {"train": rows("b", "a", "b", "c", "b"), "test": rows("z", "b", "b", "c", "0"), "unlabeled": rows()}
    found = summarise(splits, ["one"])["splits"]
    assert {split: found[split]["duplicates"] for split in found} == {"train": 2, "test": 1, "unlabeled": 0}
    assert {split: found[split]["also_in_train"] for split in found} == {"train": 0, "test": 3, "unlabeled": 0}
