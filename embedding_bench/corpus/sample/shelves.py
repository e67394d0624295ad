"""The word lists of every slot, in flat arrays for vectorised draws."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Positions
from embedding_bench.corpus.sample import names, neutral
from embedding_bench.corpus.sample.lexicon import FAMILIES

Flags = npt.NDArray[np.bool_]


class Shelf:
    """Lists of words or phrases in one flat array; each list begins with its most frequent word."""

    def __init__(self, lists: Iterable[Iterable[str]]) -> None:
        """Concatenate the lists: `words` object [words], `starts` and `sizes` int64 [lists]."""
        rows = [[word.replace("~", " ") for word in words] for words in lists]
        self.words = np.array([word for row in rows for word in row], dtype=object)
        self.sizes = np.array([len(row) for row in rows], dtype=np.int64)
        self.starts = np.cumsum(self.sizes) - self.sizes

    def even(self, rng: np.random.Generator, lists: Positions) -> list[str]:
        """Draw a word for each text, uniformly from its list; `lists` int64 [texts] has the index of the list."""
        return self._take(lists, (rng.random(len(lists)) * self.sizes[lists]).astype(np.int64))

    def zipf(self, rng: np.random.Generator, lists: Positions, head: int, tail: Flags) -> list[str]:
        """Draw a word for each text from the first `head` words of its list, or from the others where `tail` is true.

        Weights are about 1 / rank (Zipf's law).
        """
        first = np.where(tail, head + 1, 1)
        last = np.where(tail, self.sizes[lists], head)
        ranks = first * np.exp(np.log((last + 1) / first) * rng.random(len(lists)))
        return self._take(lists, np.minimum(ranks.astype(np.int64), last) - 1)

    def _take(self, lists: Positions, positions: Positions) -> list[str]:
        words: list[str] = self.words[self.starts[lists] + positions].tolist()
        return words


def _shelf(lists: Iterable[str]) -> Shelf:
    return Shelf(words.split() for words in lists)


def _pairs(pairs: Iterable[tuple[int, int]]) -> Positions:
    """Return the index of each class's pair, and the position of the class in its pair: int64 [2, classes]."""
    indices = {label: (index, position) for index, pair in enumerate(pairs) for position, label in enumerate(pair)}
    return np.array([indices[label] for label in sorted(indices)], dtype=np.int64).T


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
