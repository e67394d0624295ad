"""Parts of the labelled texts that a trial of a search trains and validates on. Test is in none of them."""

from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Positions
from embedding_bench.evaluation.label_budgets import nested_order

POOLED = ("train", "validation")  # the splits that a trial sees
FOLDS = 5
ENOUGH = 1000  # texts of validation; with fewer, chance would decide, so that all labelled texts take turns


class Part(NamedTuple):
    """A number of texts to train on, drawn by `seed` of those that a fold leaves, or of train if `fold` is None."""

    fold: int | None
    texts: int
    seed: int

    def numbers(self, labels: dict[str, Labels]) -> dict[str, Positions]:
        """Return the numbers of the texts to train and to validate on, among those of train followed by validation."""
        count, pooled = len(labels["train"]), pool(labels)
        if self.fold is None:
            train, validation = np.arange(count), np.arange(count, len(pooled))
        else:
            folds = fold_numbers(pooled, self.seed)
            train, validation = np.flatnonzero(folds != self.fold), np.flatnonzero(folds == self.fold)
        drawn = nested_order(pooled[train], self.seed)[: self.texts]
        return {"train": train[np.sort(drawn)], "validation": validation}


def pool(labels: dict[str, Labels]) -> Labels:
    """Return the labels of train followed by validation, int32 [texts]."""
    return np.concatenate([labels[split] for split in POOLED])


def divide(labels: dict[str, Labels], seed: int) -> list[Part]:
    """Divide all texts: into train and validation as they are, or into folds where validation is small."""
    if len(labels["validation"]) >= ENOUGH:
        return [Part(None, len(labels["train"]), seed)]
    folds, count = fold_numbers(pool(labels), seed), len(pool(labels))
    return [Part(fold, count - int(np.count_nonzero(folds == fold)), seed) for fold in range(FOLDS)]


def fold_numbers(labels: Labels, seed: int) -> Positions:
    """Number the fold that validates on each text, int64 [texts], every class spread evenly.

    A class's only text is in no fold, -1, so that each fold trains on every class.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    folds = np.empty(len(labels), np.int64)
    folds[by_class] = np.arange(len(labels)) % FOLDS
    folds[np.bincount(labels)[labels] == 1] = -1
    return folds
