"""Which rows go to which split."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.rows import Bools, Rows
from embedding_bench.settings.datasets import SplitSettings

Part = tuple[str, Bools]  # a split as it was read, and which of its rows are meant


@dataclass
class Plan:
    """Where each split of the corpus takes its rows from, and what a person should know of it."""

    splits: dict[str, list[Part]]
    notes: list[str] = field(default_factory=list)
    removed: dict[str, int] = field(default_factory=lambda: {"duplicates": 0, "in_validation_or_test": 0})


def plan_splits(read: dict[str, Rows], names: list[str], settings: SplitSettings, place: str) -> Plan:
    """Decide which rows every split takes: rows without a label are unlabeled, a split that is not there leaves train.

    Duplicates go before train is cut, so that none of them can stand on both sides. `place` is what errors call the
    labels.

    Raises:
        UserError: A class or a split would be without texts.
    """
    plan = Plan({})
    labelled = _labelled(read, plan)
    _check_held_out(read, labelled, names, place)
    if settings.deduplicate:
        _deduplicate(read, labelled, plan)
    _cut(read, labelled, names, settings, plan, place)
    train = read["train"].labels[labelled["train"][1]]
    counts = np.bincount(train, minlength=len(names))
    if not counts.all():
        missing = names[int(counts.argmin())]
        gone = ", once texts that stand twice or in test are removed" if sum(plan.removed.values()) else ""
        raise UserError(f"{place}: class '{missing}' has no text in train{gone}; add some, or remove the class")
    for split, part in labelled.items():
        plan.splits[split] = [part]
    plan.splits = {split: plan.splits[split] for split in corpus.SPLITS if split in plan.splits}
    return plan


def _labelled(read: dict[str, Rows], plan: Plan) -> dict[str, Part]:
    """Mark the rows with a label; the others become unlabeled."""
    labelled: dict[str, Part] = {}
    unlabeled: list[Part] = []
    for split, rows in read.items():
        mask = rows.labels >= 0
        count = int((~mask).sum())
        if count:
            unlabeled.append((split, ~mask))
        if split == "unlabeled":
            continue
        if mask.any():
            labelled[split] = (split, mask)
            plan.notes += [f"{count:,} rows of {split} without a label are unlabeled"] if count else []
        else:
            plan.notes.append(
                f"{split} has no labels: its {count:,} texts are unlabeled, and {split} is cut from train"
            )
    if unlabeled:
        plan.splits["unlabeled"] = unlabeled
    return labelled


def _check_held_out(read: dict[str, Rows], labelled: dict[str, Part], names: list[str], place: str) -> None:
    known = np.bincount(_labels(read, labelled["train"]), minlength=len(names)) > 0
    for split in ("validation", "test"):
        if split in labelled:
            counts = np.bincount(_labels(read, labelled[split]), minlength=len(names))
            for label in np.flatnonzero((counts > 0) & ~known):
                raise UserError(
                    f"{place}: split '{split}': class '{names[label]}' has {counts[label]:,} texts there and none in "
                    "train; add some to train, or remove the class"
                )


def _labels(read: dict[str, Rows], part: Part) -> Labels:
    origin, mask = part
    return read[origin].labels[mask]


def _cut(
    read: dict[str, Rows],
    labelled: dict[str, Part],
    names: list[str],
    settings: SplitSettings,
    plan: Plan,
    place: str,
) -> None:
    """Cut test and validation from train where the data bring none."""
    small: set[str] = set()
    for position, (split, share) in enumerate((("test", settings.test), ("validation", settings.validation))):
        if split in labelled:
            continue
        train = labelled["train"][1]
        chosen = np.zeros(len(train), dtype=bool)
        chosen[train] = stratified(read["train"].labels[train], share, settings.seed + position, len(names))
        if not chosen.any():
            raise UserError(
                f"{place}: no class has two texts to share between train and {split}; add texts, or a {split} split"
            )
        found = np.bincount(read["train"].labels[chosen], minlength=len(names))
        small |= {name for name, count in zip(names, found, strict=True) if not count}
        labelled[split], labelled["train"] = ("train", chosen), ("train", train & ~chosen)
    if small:
        which = ", ".join(f"'{name}'" for name in sorted(small)[:5]) + (", ..." if len(small) > 5 else "")
        plan.notes.append(f"{len(small):,} classes have too few texts to stand in every split: {which}")


def _deduplicate(read: dict[str, Rows], labelled: dict[str, Part], plan: Plan) -> None:
    """Take duplicates, and texts that stand in a given validation or test split, out of train."""
    train, found = labelled["train"][1], read["train"]
    held_out = [read[origin].hashes[mask] for split, (origin, mask) in labelled.items() if split != "train"]
    leaked = train & np.isin(found.hashes, np.concatenate([np.zeros(0, np.uint64), *held_out]))
    rows = np.flatnonzero(train & ~leaked)
    _, first, which = np.unique(found.hashes[rows], return_index=True, return_inverse=True)
    kept = np.zeros(len(train), dtype=bool)
    kept[rows[first]] = True
    labelled["train"] = ("train", kept)
    plan.removed = {"duplicates": len(rows) - len(first), "in_validation_or_test": int(leaked.sum())}
    contradicted = int((found.labels[rows] != found.labels[rows[first]][which]).sum())
    if contradicted:
        plan.notes.append(f"{contradicted:,} duplicates in train have another label than the first, which counts")


def stratified(labels: Labels, share: float, seed: int, classes: int) -> Bools:
    """Choose `share` of the rows, the same share of each class (rounded, at least one text): bool [rows].

    Of a class with one text none is chosen: it has to stay.
    """
    chosen = np.zeros(len(labels), dtype=bool)
    rng = np.random.default_rng(seed)
    for rows in _rows_of(labels, classes):
        if len(rows) > 1:
            count = min(max(round(share * len(rows)), 1), len(rows) - 1)
            chosen[rng.permutation(rows)[:count]] = True
    return chosen


def _rows_of(labels: Labels, classes: int) -> list[npt.NDArray[np.intp]]:
    """Return the rows of each class in their order, in one pass for any number of classes."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.cumsum(np.bincount(labels, minlength=classes))[:-1])
