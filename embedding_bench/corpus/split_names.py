"""The split of a file, folder or published split, by its name."""

import re
from collections.abc import Iterable

from embedding_bench.core.errors import UserError

_WORDS = {
    "train": "train training trainset",
    "validation": "val valid validation validate valset validset dev devel development devset",
    "test": "test testing testset",
    "unlabeled": "unlabeled unlabelled unsup unsupervised",
}
SPLIT_OF_WORD = {word: split for split, words in _WORDS.items() for word in words.split()}


def split_of(name: str) -> str | None:
    """Return the split named by a word of `name`; None if there is no such word or two disagree.

    A word for `unlabeled` takes precedence over others.

    >>> split_of("20news-bydate-train"), split_of("train-unsup"), split_of("train-test")
    ('train', 'unlabeled', None)
    """
    splits = {SPLIT_OF_WORD[word] for word in re.findall(r"[^\W\d_]+", name.lower()) if word in SPLIT_OF_WORD}
    if "unlabeled" in splits:
        return "unlabeled"
    return splits.pop() if len(splits) == 1 else None


def by_split(names: Iterable[str], location: str) -> dict[str, str]:
    """Return the name for each split; `train.csv`, only the split's name, precedes `train_labels.csv`.

    Raises:
        UserError: Two names match the same split.
    """
    candidates: dict[str, list[str]] = {split: [] for split in _WORDS}
    for name in names:
        if split := split_of(name):
            candidates[split].append(name)
    return {split: _single(split, matches, location) for split, matches in candidates.items() if matches}


def _single(split: str, names: list[str], location: str) -> str:
    plain = [name for name in names if name.partition(".")[0].lower() in SPLIT_OF_WORD]
    names = plain or names
    if len(names) > 1:
        raise UserError(
            f"{location}: both '{names[0]}' and '{names[1]}' look like {split}; say which with `splits`, "
            f"such as {{{split}: {names[0]}}}"
        )
    return names[0]
