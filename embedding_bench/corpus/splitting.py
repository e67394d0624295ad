"""Assignment of rows to the splits of the corpus."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.rows import Bools, Rows
from embedding_bench.settings.datasets import SplitSettings

Part = tuple[str, Bools]  # a split of the source, and a mask of its rows


@dataclass
class Plan:
    """The parts of each split of the corpus, notes for the summary, and counts of removed rows."""

    splits: dict[str, list[Part]]
    notes: list[str] = field(default_factory=list)
    removed: dict[str, int] = field(default_factory=lambda: {"duplicates": 0, "in_validation_or_test": 0})


def plan_splits(rows: dict[str, Rows], names: list[str], settings: SplitSettings, location: str) -> Plan:
    """Assign rows to splits: unlabelled rows to `unlabeled`, and shares of train to missing splits.

    Duplicates are removed before train is split, so that no text is on both sides. `location` names the labels in
    errors.

    Raises:
        UserError: A class or a split would have no text.
    """
    plan = Plan({})
    labelled = _labelled(rows, plan)
    _check_held_out(rows, labelled, names, location)
    if settings.deduplicate:
        _deduplicate(rows, labelled, plan)
    _split_train(rows, labelled, names, settings, plan, location)
    train = rows["train"].labels[labelled["train"][1]]
    counts = np.bincount(train, minlength=len(names))
    if not counts.all():
        missing = names[int(counts.argmin())]
        removal = " after removing duplicates and texts of validation and test" if sum(plan.removed.values()) else ""
        raise UserError(f"{location}: class '{missing}' has no text in train{removal}; add some, or remove the class")
    for split, part in labelled.items():
        plan.splits[split] = [part]
    plan.splits = {split: plan.splits[split] for split in corpus.SPLITS if split in plan.splits}
    return plan


def _labelled(rows: dict[str, Rows], plan: Plan) -> dict[str, Part]:
    """Return the labelled rows of each split; plan the others as `unlabeled`."""
    labelled: dict[str, Part] = {}
    unlabeled: list[Part] = []
    for split, part in rows.items():
        mask = part.labels >= 0
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


def _check_held_out(rows: dict[str, Rows], labelled: dict[str, Part], names: list[str], location: str) -> None:
    """Refuse classes of validation and test that train lacks."""
    in_train = np.bincount(_labels(rows, labelled["train"]), minlength=len(names)) > 0
    for split in ("validation", "test"):
        if split in labelled:
            counts = np.bincount(_labels(rows, labelled[split]), minlength=len(names))
            for label in np.flatnonzero((counts > 0) & ~in_train):
                raise UserError(
                    f"{location}: split '{split}': class '{names[label]}' has {counts[label]:,} texts there and none "
                    "in train; add some to train, or remove the class"
                )


def _labels(rows: dict[str, Rows], part: Part) -> Labels:
    origin, mask = part
    return rows[origin].labels[mask]


def _split_train(
    rows: dict[str, Rows],
    labelled: dict[str, Part],
    names: list[str],
    settings: SplitSettings,
    plan: Plan,
    location: str,
) -> None:
    """Take test and validation from train if the source has none."""
    small: set[str] = set()
    for index, (split, share) in enumerate((("test", settings.test), ("validation", settings.validation))):
        if split in labelled:
            continue
        train = labelled["train"][1]
        drawn = np.zeros(len(train), dtype=bool)
        drawn[train] = stratified(rows["train"].labels[train], share, settings.seed + index, len(names))
        if not drawn.any():
            raise UserError(
                f"{location}: no class has two texts to share between train and {split}; add texts, or a {split} split"
            )
        counts = np.bincount(rows["train"].labels[drawn], minlength=len(names))
        small |= {name for name, count in zip(names, counts, strict=True) if not count}
        labelled[split], labelled["train"] = ("train", drawn), ("train", train & ~drawn)
    if small:
        examples = ", ".join(f"'{name}'" for name in sorted(small)[:5]) + (", ..." if len(small) > 5 else "")
        plan.notes.append(f"{len(small):,} classes have too few texts to stand in every split: {examples}")


def _deduplicate(rows: dict[str, Rows], labelled: dict[str, Part], plan: Plan) -> None:
    """Remove from train the duplicates, and texts in a validation or test split of the source."""
    mask, train = labelled["train"][1], rows["train"]
    held_out = [rows[origin].hashes[split_mask] for split, (origin, split_mask) in labelled.items() if split != "train"]
    leaked = mask & np.isin(train.hashes, np.concatenate([np.zeros(0, np.uint64), *held_out]))
    candidates = np.flatnonzero(mask & ~leaked)
    _, first, group = np.unique(train.hashes[candidates], return_index=True, return_inverse=True)
    unique = np.zeros(len(mask), dtype=bool)
    unique[candidates[first]] = True
    labelled["train"] = ("train", unique)
    plan.removed = {"duplicates": len(candidates) - len(first), "in_validation_or_test": int(leaked.sum())}
    conflicts = int((train.labels[candidates] != train.labels[candidates[first]][group]).sum())
    if conflicts:
        plan.notes.append(f"{conflicts:,} duplicates in train have another label than the first, which counts")


def stratified(labels: Labels, share: float, seed: int, classes: int) -> Bools:
    """Draw a stratified sample, `share` of each class (rounded, at least one text): mask bool [rows].

    At least one text of each class is not drawn.
    """
    drawn = np.zeros(len(labels), dtype=bool)
    rng = np.random.default_rng(seed)
    for rows in _rows_by_class(labels, classes):
        if len(rows) > 1:
            count = min(max(round(share * len(rows)), 1), len(rows) - 1)
            drawn[rng.permutation(rows)[:count]] = True
    return drawn


def _rows_by_class(labels: Labels, classes: int) -> list[npt.NDArray[np.intp]]:
    """Return the row indices of each class, sorted, in one pass for any number of classes."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.cumsum(np.bincount(labels, minlength=classes))[:-1])
