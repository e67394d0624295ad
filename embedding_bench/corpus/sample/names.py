"""Invented names: one kind for each class, and surnames for all classes; the ending shows the kind."""

from itertools import product

import numpy as np

# The endings of each class, in the order of the labels; stems are independent of the class.
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
    """Return `size` distinct capitalised names, shuffled; draws favour the first."""
    names = ["".join(parts).capitalize() for parts in product(_ONSETS, _VOWELS, _CODAS, endings)]
    order = np.random.default_rng(seed).permutation(len(names))[:size]
    return [names[index] for index in order]


# Fixed seeds: names are part of the lexicon, and the seed of the settings decides on texts only.
KINDS = tuple(invent(endings, NAMES_PER_KIND, seed) for seed, endings in enumerate(ENDINGS))
PEOPLE = invent(SURNAME_ENDINGS, SURNAMES, len(ENDINGS))
