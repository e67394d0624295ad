"""The corpus: `<split>.parquet` and `corpus.json`.

Splits: `train`, `validation`, `test` and, for some corpora, `unlabeled`. Columns: `text` string (cleaned), `label`
int32 (-1 in unlabeled), and for the sample corpus `facet` string and `clean_label` int32, which only evaluation reads.
`corpus.json`: `dataset`, `labels` (names by number), `notes` (counts of what the reader met), `ceiling` (name ->
accuracy, of the sample corpus alone) and `splits` (rows, classes, lengths, duplicates).
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from embedding_bench.core.files import read_json, write_json

LABELLED = ("train", "validation", "test")
SPLITS = (*LABELLED, "unlabeled")
SCHEMA = pa.schema([("text", pa.string()), ("label", pa.int32())])
BATCH_TEXTS = 4096
FACETS = pa.schema([*SCHEMA, ("facet", pa.string()), ("clean_label", pa.int32())])


def write_split(folder: Path, split: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """Write one split, a batch at a time."""
    with pq.ParquetWriter(folder / f"{split}.parquet", schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    """Write `corpus.json`."""
    write_json(folder / "corpus.json", summary)


def read_summary(folder: Path) -> dict[str, Any]:
    """Read `corpus.json`."""
    summary: dict[str, Any] = read_json(folder / "corpus.json")
    return summary


def splits(folder: Path) -> list[str]:
    """List the splits of the corpus, in the order of SPLITS."""
    return [split for split in SPLITS if (folder / f"{split}.parquet").exists()]


def read_texts(folder: Path, split: str, groups: Sequence[int] | None = None) -> Iterator[pa.StringArray]:
    """Yield the cleaned texts of a split, or of some of its row groups, in batches."""
    file = pq.ParquetFile(folder / f"{split}.parquet")
    for batch in file.iter_batches(BATCH_TEXTS, row_groups=groups, columns=["text"]):
        yield batch.column(0)


def read_all_texts(folder: Path, split: str) -> list[str]:
    """Read the cleaned texts of a split."""
    return [text for batch in read_texts(folder, split) for text in batch.to_pylist()]


def blocks(folder: Path, split: str, most_bytes: int) -> Iterator[list[int]]:
    """Yield the row groups of a split, as many at a time as have so many bytes of text, and one at least."""
    metadata = pq.read_metadata(folder / f"{split}.parquet")
    groups: list[int] = []
    size = 0
    for number in range(metadata.num_row_groups):
        more = metadata.row_group(number).column(0).total_uncompressed_size
        if groups and size + more > most_bytes:
            yield groups
            groups, size = [], 0
        groups, size = [*groups, number], size + more
    if groups:
        yield groups


def read_labels(folder: Path, split: str) -> npt.NDArray[np.int32]:
    """Read the labels of a split: int32, one a text."""
    labels: npt.NDArray[np.int32] = pq.read_table(folder / f"{split}.parquet", columns=["label"])["label"].to_numpy()
    return labels


def read_facets(folder: Path, split: str) -> npt.NDArray[np.object_] | None:
    """Read the facet of each text of the sample corpus, object [texts]; None for other corpora."""
    file = pq.ParquetFile(folder / f"{split}.parquet")
    if "facet" not in file.schema_arrow.names:
        return None
    return np.asarray(file.read(columns=["facet"])["facet"].to_pylist(), dtype=object)
