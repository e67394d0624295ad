"""Invented names: a kind per class and surnames for everybody; the ending tells the kind to a reader."""

from itertools import product

import numpy as np

# The kind of each class, in the order of the labels; nobody's class is told by the stem of a name.
ENDINGS = (
    ("corp", "bank", "trust", "mart", "co", "inc"),
    ("tron", "scope", "bot", "sat", "drone", "pod"),
    ("hawks", "wolves", "rovers", "lions", "bulls", "stars"),
    ("burg", "stan", "mouth", "ville", "land", "grad"),
)
SURNAME_ENDINGS = ("son", "ley", "sen", "ski", "ham", "well")
NAMES_PER_KIND = 1600
SURNAMES = 600

_ONSETS = (
    *("b", "br", "d", "dr", "f", "g", "h", "k", "kr", "l"),
    *("m", "n", "p", "r", "s", "t", "tr", "v", "w", "z"),
)
_VOWELS = "aeiou"
_CODAS = ("l", "n", "r", "m", "lan", "lo", "ra", "ri", "no", "vi")


def invent(endings: tuple[str, ...], size: int, seed: int) -> list[str]:
    """Return `size` distinct capitalised names, shuffled: the first are the most frequent ones."""
    names = ["".join(parts).capitalize() for parts in product(_ONSETS, _VOWELS, _CODAS, endings)]
    order = np.random.default_rng(seed).permutation(len(names))[:size]
    return [names[place] for place in order]


# The seeds are fixed: the names belong to the lexicon, and only the texts to the seed of the settings.
KINDS = tuple(invent(endings, NAMES_PER_KIND, seed) for seed, endings in enumerate(ENDINGS))
PEOPLE = invent(SURNAME_ENDINGS, SURNAMES, len(ENDINGS))
