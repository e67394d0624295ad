"""From a source's raw rows to the corpus: clean, find duplicates, split, sum up."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.artifacts import corpus
from stages.core.errors import UserError
from stages.core.settings import SplitSettings
from stages.corpus.cleaning import STEPS, clean
from stages.corpus.source import Source
from stages.corpus.splitting import first_occurrences, stratified

Bools = npt.NDArray[np.bool_]


@dataclass
class Rows:
    """What is kept in memory of a split: some numbers a text, never the text; `mask` says which rows stay."""

    labels: npt.NDArray[np.int32]
    hashes: npt.NDArray[np.uint64]
    words: npt.NDArray[np.int32]
    changed: Counter[str] = field(default_factory=Counter)

    def take(self, mask: Bools) -> "Rows":
        """Return the rows that the mask marks."""
        return Rows(self.labels[mask], self.hashes[mask], self.words[mask])


def build(source: Source, settings: SplitSettings, folder: Path) -> dict[str, Any]:
    """Write every split of the corpus and return its summary, without the dataset's name.

    Raises:
        UserError: The labels cannot be split: a class is missing, alone, or too small.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        read = {split: _clean_split(source, split, Path(scratch)) for split in source.splits}
        names = source.labels()
        order = _sorted_order(names) if "test" not in read else np.arange(len(names), dtype=np.int32)
        for split in read:
            read[split].labels = _recode(read[split].labels, order, split)
        names = [names[code] for code in np.argsort(order)]
        masks, removed = _assign(read, names, settings)
        for split, (origin, mask) in masks.items():
            rows = _select(Path(scratch) / f"{origin}.parquet", mask, read[origin].labels)
            corpus.write_split(folder, split, rows, corpus.SCHEMA)
    rows_of = {split: read[origin].take(mask) for split, (origin, mask) in masks.items()}
    cleaned = Counter({step: sum(rows.changed[step] for rows in read.values()) for step in STEPS})
    return {
        "labels": names,
        "note": source.note,
        "cleaned": dict(cleaned),
        "removed_from_train": removed,
        **summarise(rows_of, names),
    }


def summarise(splits: dict[str, Rows], names: list[str]) -> dict[str, Any]:
    """Describe each split: rows, classes, words, empty texts, duplicates inside it, overlap with train."""
    described = {}
    for split, rows in splits.items():
        counts = np.bincount(rows.labels[rows.labels >= 0], minlength=len(names))
        described[split] = {
            "rows": len(rows.labels),
            "classes": {name: int(count) for name, count in zip(names, counts, strict=True)},
            "words": {f"p{q}": int(np.percentile(rows.words, q)) if len(rows.words) else 0 for q in (5, 50, 95, 99)},
            "empty": int((rows.words == 0).sum()),
            "duplicates": int((~first_occurrences(rows.hashes)).sum()),
            "also_in_train": int(np.isin(rows.hashes, splits["train"].hashes).sum()) if split != "train" else 0,
        }
    return {"splits": described}


def hash_texts(texts: list[str]) -> npt.NDArray[np.uint64]:
    """Hash texts for the search for duplicates: uint64 [texts], the first 8 bytes of BLAKE2b."""
    digests = b"".join(hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, dtype=np.uint64)


def count_words(texts: list[str]) -> npt.NDArray[np.int32]:
    """Count the words between spaces: int32 [texts]."""
    return np.fromiter((len(text.split()) for text in texts), np.int32, len(texts))


def _clean_split(source: Source, split: str, scratch: Path) -> Rows:
    """Clean one split into a scratch file, a chunk at a time."""
    changed: Counter[str] = Counter()
    labels, hashes, words = [], [], []

    def batches() -> Iterator[pa.RecordBatch]:
        for chunk in source.splits[split]():
            texts = [clean(text, changed) for text in chunk.texts]
            labels.append(chunk.labels)
            hashes.append(hash_texts(texts))
            words.append(count_words(texts))
            yield pa.record_batch([pa.array(texts, pa.string())], ["text"])

    corpus.write_split(scratch, split, batches(), pa.schema([("text", pa.string())]))
    if not labels:
        raise UserError(f"split '{split}' has no rows; expected texts with labels")
    return Rows(np.concatenate(labels), np.concatenate(hashes), np.concatenate(words), changed)


def _sorted_order(names: list[str]) -> npt.NDArray[np.int32]:
    """Return the alphabetical place of each name, which the order of the rows must not decide."""
    return np.argsort(np.argsort(names)).astype(np.int32)


def _recode(labels: npt.NDArray[np.int32], order: npt.NDArray[np.int32], split: str) -> npt.NDArray[np.int32]:
    if split == "unlabeled":
        return np.full(len(labels), -1, np.int32)
    if (labels < 0).any():
        raise UserError(
            f"split '{split}': {(labels < 0).sum():,} rows without a label; choose another split as {split}"
        )
    return order[labels].astype(np.int32)


def _assign(
    read: dict[str, Rows], names: list[str], settings: SplitSettings
) -> tuple[dict[str, tuple[str, Bools]], dict[str, int]]:
    """Decide for each split of the corpus which rows of which read split it takes."""
    masks = {split: (split, np.ones(len(rows.labels), dtype=bool)) for split, rows in read.items()}
    if len(names) < 2:
        raise UserError(f"labels: found one class, '{names[0]}'; a classifier needs two or more")
    for position, (split, share) in enumerate((("test", settings.test), ("validation", settings.validation))):
        if split not in masks:
            train = masks["train"][1]
            chosen = np.zeros(len(train), dtype=bool)
            chosen[train] = stratified(read["train"].labels[train], share, settings.seed + position, names, split)
            masks[split], masks["train"] = ("train", chosen), ("train", train & ~chosen)
    train, removed = _removed(read, masks, settings.deduplicate)
    masks["train"] = ("train", train)
    counts = np.bincount(read["train"].labels[train], minlength=len(names))
    if not counts.all():
        raise UserError(f"class '{names[int(counts.argmin())]}' has no text in train; add some, or remove the class")
    return {split: masks[split] for split in corpus.SPLITS if split in masks}, removed


def _removed(
    read: dict[str, Rows], masks: dict[str, tuple[str, Bools]], deduplicate: bool
) -> tuple[Bools, dict[str, int]]:
    """Take duplicates, and texts that stand in validation or test, out of train's mask where that is asked for."""
    train = masks["train"][1].copy()
    removed = {"duplicates": 0, "in_validation_or_test": 0}
    if deduplicate:
        hashes = read["train"].hashes
        held_out = np.concatenate([read[masks[s][0]].hashes[masks[s][1]] for s in ("validation", "test")])
        leaked = train & np.isin(hashes, held_out)
        train &= ~leaked
        rows = np.flatnonzero(train)
        repeated = rows[~first_occurrences(hashes[rows])]
        train[repeated] = False
        removed = {"duplicates": len(repeated), "in_validation_or_test": int(leaked.sum())}
    return train, removed


def _select(path: Path, mask: Bools, labels: npt.NDArray[np.int32]) -> Iterator[pa.RecordBatch]:
    """Yield the marked rows of a scratch file with their labels."""
    start = 0
    for batch in pq.ParquetFile(path).iter_batches(65_536):
        rows = slice(start, start + batch.num_rows)
        texts = batch.column(0).filter(pa.array(mask[rows]))
        yield pa.record_batch([texts, pa.array(labels[rows][mask[rows]])], schema=corpus.SCHEMA)
        start += batch.num_rows
