"""Fewer labels: nested, stratified parts of a split, the same for every variant and baseline."""

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels

FEWEST_STEPS, LEAST_BATCH = 10, 10  # batches of an epoch, unless they had fewer texts than that


def nested_order(labels: Labels, seed: int) -> npt.NDArray[np.int64]:
    """Order texts so that the first n are a stratified draw of n, for every n, and hold all that n - 1 hold.

    Each class is shuffled and spread evenly: the text of rank r of a class of m stands at (r + u) / m, with one u in
    [0, 1) for each class. The first text of each class comes before all others, so that no class is missing.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    counts = np.bincount(labels)
    ranks = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    places = (ranks + np.repeat(rng.random(len(counts)), counts)) / np.repeat(np.maximum(counts, 1), counts)
    return by_class[np.argsort(np.where(ranks == 0, places - 1, places), kind="stable")]


def draw(labels: dict[str, Labels], budget: int, seed: int) -> dict[str, npt.NDArray[np.int64]]:
    """Choose the texts that a budget of labels buys: `budget` of train, and validation in the same proportion.

    Whoever has few labels has few to validate with. Numbers are in rising order; validation keeps at least a text of
    each of its classes.
    """
    share = budget / len(labels["train"])
    least = len(np.unique(labels["validation"]))
    sizes = {"train": budget, "validation": max(least, round(share * len(labels["validation"])))}
    return {split: np.sort(nested_order(labels[split], seed)[:size]) for split, size in sizes.items()}


def affordable(budgets: list[int], labels: Labels) -> list[int]:
    """Keep the budgets that buy a text of each class and not all of train, on which training goes anyway."""
    classes = len(np.unique(labels))
    return [budget for budget in sorted(set(budgets)) if classes <= budget < len(labels)]
