"""The words of every slot, laid out so that many can be drawn at once."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from embedding_bench.corpus.sample import names, neutral
from embedding_bench.corpus.sample.lexicon import FAMILIES

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Shelf:
    """Lists of words or phrases in one flat array; the most frequent word of a list stands first."""

    def __init__(self, lists: Iterable[Iterable[str]]) -> None:
        """Lay the lists end to end: `words` object (words,), `starts` and `sizes` int64 (lists,)."""
        rows = [[word.replace("~", " ") for word in words] for words in lists]
        self.words = np.array([word for row in rows for word in row], dtype=object)
        self.sizes = np.array([len(row) for row in rows], dtype=np.int64)
        self.starts = np.cumsum(self.sizes) - self.sizes

    def even(self, rng: np.random.Generator, lists: Integers) -> list[str]:
        """Draw a word of each text's list, int64 (texts,); all words of a list are as likely."""
        return self._take(lists, (rng.random(len(lists)) * self.sizes[lists]).astype(np.int64))

    def zipf(self, rng: np.random.Generator, lists: Integers, head: int, tail: Flags) -> list[str]:
        """Draw a word of each text's list, from its first `head` words or its tail; weights of 1 / rank."""
        first = np.where(tail, head + 1, 1)
        last = np.where(tail, self.sizes[lists], head)
        ranks = first * np.exp(np.log((last + 1) / first) * rng.random(len(lists)))
        return self._take(lists, np.minimum(ranks.astype(np.int64), last) - 1)

    def _take(self, lists: Integers, places: Integers) -> list[str]:
        words: list[str] = self.words[self.starts[lists] + places].tolist()
        return words


def _shelf(lists: Iterable[str]) -> Shelf:
    return Shelf(words.split() for words in lists)


def _pairs(pairs: Iterable[tuple[int, int]]) -> Integers:
    """Return the number of each class's pair and its place in it: int64 (2, classes)."""
    places = {label: (number, place) for number, pair in enumerate(pairs) for place, label in enumerate(pair)}
    return np.array([places[label] for label in sorted(places)], dtype=np.int64).T


GROUPS = {slot: len(groups) for slot, groups in neutral.COMPANIONS.items()}
CLASS_WORDS = {slot: _shelf(group for family in FAMILIES for group in family[slot]) for slot in GROUPS}
NAMES = Shelf(names.KINDS)
BACKGROUND = {slot: _shelf([words]) for slot, words in neutral.BACKGROUND.items()}
BACKGROUND["surname"] = Shelf([names.PEOPLE])

MARKER_PAIRS = _pairs(neutral.MARKERS)
MARKERS = Shelf([word] for pair in neutral.MARKERS.values() for word in pair)
NOUN_PAIRS = _pairs(neutral.NOUNS)
NOUNS = Shelf([word] for word in neutral.NOUNS.values())
CUES = Shelf([word] for column in neutral.CUES for word in column)

COMPANIONS = {slot: _shelf(groups) for slot, groups in neutral.COMPANIONS.items()}
COMPANIONS["marker"] = _shelf(neutral.MARKER_COMPANIONS)
COMPANIONS["cue"] = _shelf(neutral.CUE_COMPANIONS)
