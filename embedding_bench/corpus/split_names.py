"""Which split a file, a folder or a published split is meant for, by its name."""

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
    """Return the split that a word of the name stands for; None where no word does, or two contradict each other.

    `20news-bydate-train` is train; of `train-unsup`, unsup is the word that tells more.
    """
    found = {SPLIT_OF_WORD[word] for word in re.findall(r"[^\W\d_]+", name.lower()) if word in SPLIT_OF_WORD}
    if "unlabeled" in found:
        return "unlabeled"
    return found.pop() if len(found) == 1 else None


def by_split(names: Iterable[str], place: str) -> dict[str, str]:
    """Find the name for each split; `train.csv`, which says nothing else, goes before `train_labels.csv`.

    Raises:
        UserError: Two names claim the same split.
    """
    claims: dict[str, list[str]] = {split: [] for split in _WORDS}
    for name in names:
        if split := split_of(name):
            claims[split].append(name)
    return {split: _only(split, found, place) for split, found in claims.items() if found}


def _only(split: str, names: list[str], place: str) -> str:
    plain = [name for name in names if name.partition(".")[0].lower() in SPLIT_OF_WORD]
    found = plain or names
    if len(found) > 1:
        raise UserError(
            f"{place}: both '{found[0]}' and '{found[1]}' look like {split}; say which with `splits`, "
            f"such as {{{split}: {found[0]}}}"
        )
    return found[0]
