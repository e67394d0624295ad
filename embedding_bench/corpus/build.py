"""From a source's raw rows to the corpus: clean, find duplicates, split, sum up."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.classes import MOST, too_many
from embedding_bench.corpus.cleaning import STEPS, clean
from embedding_bench.corpus.rows import Bools, Rows
from embedding_bench.corpus.source import Source
from embedding_bench.corpus.splitting import Plan, plan_splits
from embedding_bench.corpus.tables.parquet import batch_rows
from embedding_bench.settings.datasets import SplitSettings

LONG = 1_000_000  # characters: longer than any book, so likely no text
FEW = 100  # texts: an accuracy of 0.8 is known to 8 points either way
BATCH_ROWS = 65_536
BATCH_BYTES = 2**28

Hashes = npt.NDArray[np.uint64]


def build(source: Source, settings: SplitSettings, folder: Path) -> dict[str, Any]:
    """Write every split of the corpus and return its summary, without the dataset's name.

    Raises:
        UserError: The rows cannot be read, or make no corpus: classes are too few or too many, or texts are missing.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        read = {split: _clean_split(source, split, Path(scratch)) for split in source.splits}
        names, absent = _settle_classes(read, source)
        if not read["train"].words.any():
            raise UserError(
                f"{source.text_place}: all texts of train are empty; name another text column, or add texts"
            )
        plan = plan_splits(read, names, settings, source.label_place)
        rows_of = {split: _rows(read, plan, split) for split in plan.splits}
        for split in plan.splits:
            corpus.write_split(folder, split, _select(Path(scratch), read, plan, split), corpus.SCHEMA)
    long = sum(rows.long for rows in read.values())
    notes = [*source.notes(), *absent, *plan.notes]
    notes += [f"{long:,} texts longer than {LONG:,} characters"] if long else []
    cleaned = Counter({step: sum(rows.changed[step] for rows in read.values()) for step in STEPS})
    return {
        "labels": names,
        "notes": notes,
        "cleaned": dict(cleaned),
        "removed_from_train": plan.removed,
        **summarise(rows_of, names),
    }


def summarise(splits: dict[str, Rows], names: list[str]) -> dict[str, Any]:
    """Describe each split: rows, classes, words, empty texts, duplicates inside it, overlap with train."""
    described = {}
    train = np.sort(splits["train"].hashes)
    for split, rows in splits.items():
        hashes = np.sort(rows.hashes)  # np.unique and np.isin take many times as long on ten million
        counts = np.bincount(rows.labels[rows.labels >= 0], minlength=len(names))
        described[split] = {
            "rows": len(rows.labels),
            "classes": {name: int(count) for name, count in zip(names, counts, strict=True)},
            "words": {f"p{q}": int(np.percentile(rows.words, q)) if len(rows.words) else 0 for q in (5, 50, 95, 99)},
            "empty": int((rows.words == 0).sum()),
            "duplicates": int((hashes[1:] == hashes[:-1]).sum()),
            "also_in_train": _count_in(train, hashes) if split != "train" else 0,
        }
    return {"splits": described}


def _count_in(ordered: Hashes, hashes: Hashes) -> int:
    """Count the hashes that stand in an ordered array too."""
    return int((np.take(ordered, np.searchsorted(ordered, hashes), mode="clip") == hashes).sum())


def small_splits(summary: dict[str, Any]) -> list[str]:
    """Warn of splits with too few texts to measure on."""
    rows = {split: summary["splits"][split]["rows"] for split in ("validation", "test")}
    return [
        f"{split} has {count} texts only: too few to tell variants apart"
        for split, count in rows.items()
        if count < FEW
    ]


def hash_texts(texts: list[str]) -> Hashes:
    """Hash texts for the search for duplicates: uint64 [texts], the first 8 bytes of BLAKE2b."""
    digests = b"".join(hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, dtype=np.uint64)


def count_words(texts: list[str]) -> npt.NDArray[np.int32]:
    """Count the words between spaces: int32 [texts]."""
    return np.fromiter((len(text.split()) for text in texts), np.int32, len(texts))


def _clean_split(source: Source, split: str, scratch: Path) -> Rows:
    """Clean one split into a scratch file, a chunk at a time."""
    changed: Counter[str] = Counter()
    labels, hashes, words, long = [], [], [], 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal long
        for chunk in source.splits[split]():
            long += sum(len(text) > LONG for text in chunk.texts)
            texts = [clean(text, changed) for text in chunk.texts]
            labels.append(chunk.labels)
            hashes.append(hash_texts(texts))
            words.append(count_words(texts))
            yield pa.record_batch([pa.array(texts, pa.string())], ["text"])

    corpus.write_split(scratch, split, batches(), pa.schema([("text", pa.string())]))
    if not labels:
        raise UserError(f"split '{split}' has no rows; expected texts with labels")
    return Rows(np.concatenate(labels), np.concatenate(hashes), np.concatenate(words), changed, long)


def _settle_classes(read: dict[str, Rows], source: Source) -> tuple[list[str], list[str]]:
    """Number the classes that have texts in an order that rows do not decide; return their names, and notes.

    Raises:
        UserError: There are fewer than two classes, or more than anything has.
    """
    names = source.labels()
    if "unlabeled" in read:
        read["unlabeled"].labels = np.full_like(read["unlabeled"].labels, -1)
    counts = np.zeros(len(names), np.int64)
    for rows in read.values():
        counts += np.bincount(rows.labels[rows.labels >= 0], minlength=len(names))
    used = [number for number in range(len(names)) if counts[number]]
    if not (read["train"].labels >= 0).any():
        raise UserError(f"{source.label_place}: no row of train has a label; expected the name of a class in each")
    if len(used) < 2:
        raise UserError(f"{source.label_place}: found one class, '{names[used[0]]}'; a classifier needs two or more")
    if len(used) > MOST:
        raise too_many(source.label_place, f"{len(used):,}", names[used[0]])
    if not source.ordered:
        used = [number for _, number in sorted(zip(sort_keys([names[n] for n in used]), used, strict=True))]
    order = np.full(len(names), -1, np.int32)
    order[used] = np.arange(len(used), dtype=np.int32)
    for rows in read.values():
        rows.labels = np.where(rows.labels >= 0, order[rows.labels], -1).astype(np.int32)
    absent = [f"'{name}'" for name, count in zip(names, counts, strict=True) if not count]
    notes = [f"{len(absent):,} classes without any text left out: {', '.join(absent[:5])}"] if absent else []
    return [names[number] for number in used], notes


def sort_keys(names: list[str]) -> list[tuple[float, str]]:
    """Return what sorts names: numbers by their size where all are numbers, else the letters."""
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        numbers = [0.0] * len(names)
    return list(zip(numbers if np.isfinite(numbers).all() else [0.0] * len(names), names, strict=True))


def _rows(read: dict[str, Rows], plan: Plan, split: str) -> Rows:
    return Rows.join([read[origin].take(mask) for origin, mask in plan.splits[split]])


def _select(scratch: Path, read: dict[str, Rows], plan: Plan, split: str) -> Iterator[pa.RecordBatch]:
    """Yield the texts that a split takes from the scratch files, with their labels."""
    for origin, mask in plan.splits[split]:
        yield from _marked(scratch / f"{origin}.parquet", mask, read[origin].labels)


def _marked(path: Path, mask: Bools, labels: Labels) -> Iterator[pa.RecordBatch]:
    """Yield the marked rows of a scratch file with their labels."""
    start, file = 0, pq.ParquetFile(path)
    for batch in file.iter_batches(batch_rows(file, BATCH_ROWS, BATCH_BYTES)):
        rows = slice(start, start + batch.num_rows)
        texts = batch.column(0).filter(pa.array(mask[rows]))
        yield pa.record_batch([texts, pa.array(labels[rows][mask[rows]])], schema=corpus.SCHEMA)
        start += batch.num_rows
