"""Label budgets: nested, stratified subsets of a split, the same for every variant and baseline."""

import numpy as np

from embedding_bench.arrays import Labels, Positions

FEWEST_STEPS, LEAST_BATCH = 10, 10  # batches of an epoch, unless they had fewer texts than that
LEAST_STEPS = 500  # batches of a training, unless all of train has fewer


def nested_order(labels: Labels, seed: int) -> Positions:
    """Order texts so that the first n are a stratified draw of n, for every n, and contain the first n - 1.

    Each class is shuffled and spread evenly: the text of rank r of a class of m is placed at (r + u) / m, with one u in
    [0, 1) for each class. The first text of each class comes before all others, so that no class is missing.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    counts = np.bincount(labels)
    ranks = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    spread = (ranks + np.repeat(rng.random(len(counts)), counts)) / np.repeat(np.maximum(counts, 1), counts)
    return by_class[np.argsort(np.where(ranks == 0, spread - 1, spread), kind="stable")]


def draw(labels: dict[str, Labels], budget: int, seed: int) -> dict[str, Positions]:
    """Draw the texts that a label budget buys: `budget` of train, and the same share of validation.

    Validation shrinks in proportion, because few labels leave few to validate with; it keeps at least one text of each
    of its classes. Text numbers are in rising order.
    """
    share = budget / len(labels["train"])
    least = len(np.unique(labels["validation"]))
    sizes = {"train": budget, "validation": max(least, round(share * len(labels["validation"])))}
    return {split: np.sort(nested_order(labels[split], seed)[:size]) for split, size in sizes.items()}


def affordable(budgets: list[int], labels: Labels) -> list[int]:
    """Return the budgets that cover every class and are smaller than train."""
    classes = len(np.unique(labels))
    return [budget for budget in sorted(set(budgets)) if classes <= budget < len(labels)]
