"""Build the corpus from the raw rows of a source: clean, deduplicate, split, summarise."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.blocks import LONG, Block, Hashes, clean_block
from embedding_bench.corpus.classes import MOST_CLASSES, too_many_classes
from embedding_bench.corpus.cleaning import STEPS
from embedding_bench.corpus.rows import Bools, Rows
from embedding_bench.corpus.source import Source
from embedding_bench.corpus.splitting import Plan, plan_splits
from embedding_bench.corpus.tables.parquet import batch_rows
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.settings.datasets import SplitSettings

FEW = 100  # texts; an accuracy of 0.8 has a 95 % interval of 8 points either way
BATCH_ROWS = 65_536
BATCH_BYTES = 2**28


def build(source: Source, settings: SplitSettings, folder: Path) -> dict[str, Any]:
    """Write every split of the corpus and return its summary, without the dataset's name.

    Raises:
        UserError: The rows cannot be read, there are too few or too many classes, or a class or split has no text.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        rows = {split: _clean_split(source, split, Path(scratch)) for split in source.splits}
        names, absent = _number_classes(rows, source)
        if not rows["train"].word_counts.any():
            raise UserError(
                f"{source.text_location}: all texts of train are empty; name another text column, or add texts"
            )
        plan = plan_splits(rows, names, settings, source.label_location)
        planned = {split: _planned_rows(rows, plan, split) for split in plan.splits}
        for split in plan.splits:
            corpus.write_split(folder, split, _planned_texts(Path(scratch), rows, plan, split), corpus.SCHEMA)
    long = sum(part.long for part in rows.values())
    notes = [*source.notes(), *absent, *plan.notes]
    notes += [f"{long:,} texts longer than {LONG:,} characters"] if long else []
    cleaned = Counter({step: sum(part.changed[step] for part in rows.values()) for step in STEPS})
    return {
        "labels": names,
        "notes": notes,
        "cleaned": dict(cleaned),
        "removed_from_train": plan.removed,
        **summarise(planned, names),
    }


def summarise(splits: dict[str, Rows], names: list[str]) -> dict[str, Any]:
    """Summarise each split: rows, classes, word percentiles, empty texts, duplicates in it, overlap with train."""
    summaries = {}
    train = np.sort(splits["train"].hashes)
    for split, rows in splits.items():
        hashes = np.sort(rows.hashes)  # many times faster than np.unique and np.isin on ten million rows
        counts = np.bincount(rows.labels[rows.labels >= 0], minlength=len(names))
        summaries[split] = {
            "rows": len(rows.labels),
            "classes": {name: int(count) for name, count in zip(names, counts, strict=True)},
            "words": {
                f"p{q}": int(np.percentile(rows.word_counts, q)) if len(rows.labels) else 0 for q in (5, 50, 95, 99)
            },
            "empty": int((rows.word_counts == 0).sum()),
            "duplicates": int((hashes[1:] == hashes[:-1]).sum()),
            "also_in_train": _count_in(train, hashes) if split != "train" else 0,
        }
    return {"splits": summaries}


def _count_in(sorted_hashes: Hashes, hashes: Hashes) -> int:
    """Count the `hashes` that occur in `sorted_hashes`."""
    return int((np.take(sorted_hashes, np.searchsorted(sorted_hashes, hashes), mode="clip") == hashes).sum())


def small_splits(summary: dict[str, Any]) -> list[str]:
    """Return a note for each evaluation split with too few texts to compare variants."""
    rows = {split: summary["splits"][split]["rows"] for split in ("validation", "test")}
    return [
        f"{split} has {count} texts only: too few to tell variants apart"
        for split, count in rows.items()
        if count < FEW
    ]


def _clean_split(source: Source, split: str, scratch: Path) -> Rows:
    """Write the cleaned texts of one split to a scratch file, block by block; return its rows."""
    labels: list[Labels] = []
    parts: list[Block] = []  # without their texts

    def tasks() -> Iterator[Task]:
        for chunk in source.splits[split]():
            labels.append(chunk.labels)
            yield Task("clean", clean_block, (chunk.texts,))

    def batches() -> Iterator[pa.RecordBatch]:
        for block in execute(tasks()):
            parts.append(block._replace(texts=None))
            yield pa.record_batch([block.texts], ["text"])

    corpus.write_split(scratch, split, batches(), pa.schema([("text", pa.string())]))
    if not parts:
        raise UserError(f"split '{split}' has no rows; expected texts with labels")
    return Rows(
        np.concatenate(labels),
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.word_counts for part in parts]),
        sum((part.changed for part in parts), Counter()),
        sum(part.long for part in parts),
    )


def _number_classes(rows: dict[str, Rows], source: Source) -> tuple[list[str], list[str]]:
    """Renumber the classes with texts, in an order independent of the rows; return their names, and notes.

    The order is the source's own, or else sorted by name. Rewrites the labels of `rows`.

    Raises:
        UserError: There are fewer than two classes, or more than MOST_CLASSES.
    """
    names = source.labels()
    if "unlabeled" in rows:
        rows["unlabeled"].labels = np.full_like(rows["unlabeled"].labels, -1)
    counts = np.zeros(len(names), np.int64)
    for part in rows.values():
        counts += np.bincount(part.labels[part.labels >= 0], minlength=len(names))
    used = [label for label in range(len(names)) if counts[label]]
    if not (rows["train"].labels >= 0).any():
        raise UserError(f"{source.label_location}: no row of train has a label; expected the name of a class in each")
    if len(used) < 2:
        raise UserError(f"{source.label_location}: found one class, '{names[used[0]]}'; a classifier needs two or more")
    if len(used) > MOST_CLASSES:
        raise too_many_classes(source.label_location, f"{len(used):,}", names[used[0]])
    if not source.ordered:
        used = [label for _, label in sorted(zip(sort_keys([names[label] for label in used]), used, strict=True))]
    new_label = np.full(len(names), -1, np.int32)
    new_label[used] = np.arange(len(used), dtype=np.int32)
    for part in rows.values():
        part.labels = np.where(part.labels >= 0, new_label[part.labels], -1).astype(np.int32)
    absent = [f"'{name}'" for name, count in zip(names, counts, strict=True) if not count]
    notes = [f"{len(absent):,} classes without any text left out: {', '.join(absent[:5])}"] if absent else []
    return [names[label] for label in used], notes


def sort_keys(names: list[str]) -> list[tuple[float, str]]:
    """Return sort keys of class names: numeric if all are finite numbers, else alphabetical.

    >>> sort_keys(["10", "9"])
    [(10.0, '10'), (9.0, '9')]
    """
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        numbers = [0.0] * len(names)
    return list(zip(numbers if np.isfinite(numbers).all() else [0.0] * len(names), names, strict=True))


def _planned_rows(rows: dict[str, Rows], plan: Plan, split: str) -> Rows:
    return Rows.join([rows[origin].take(mask) for origin, mask in plan.splits[split]])


def _planned_texts(scratch: Path, rows: dict[str, Rows], plan: Plan, split: str) -> Iterator[pa.RecordBatch]:
    """Yield the texts of a planned split from the scratch files, with their labels."""
    for origin, mask in plan.splits[split]:
        yield from _masked_texts(scratch / f"{origin}.parquet", mask, rows[origin].labels)


def _masked_texts(path: Path, mask: Bools, labels: Labels) -> Iterator[pa.RecordBatch]:
    """Yield the masked rows of a scratch file with their labels."""
    start, file = 0, pq.ParquetFile(path)
    for batch in file.iter_batches(batch_rows(file, BATCH_ROWS, BATCH_BYTES)):
        window = slice(start, start + batch.num_rows)
        texts = batch.column(0).filter(pa.array(mask[window]))
        yield pa.record_batch([texts, pa.array(labels[window][mask[window]])], schema=corpus.SCHEMA)
        start += batch.num_rows
