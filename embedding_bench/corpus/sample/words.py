"""Draws of slot words, vectorised over texts."""

import numpy as np

from embedding_bench.arrays import Positions
from embedding_bench.corpus.sample import shelves
from embedding_bench.corpus.sample.shelves import Shelf

HEAD = 4  # frequent words of a family; the others are its tail
NAME_HEAD = 80
TAIL_SHARE = 0.2  # of the class words of plain texts, where tail words occur beside head words


class Draw:
    """Draws of the slots of texts of one facet and template; choices common to several slots are drawn once."""

    def __init__(self, rng: np.random.Generator, facet: str, classes: Positions) -> None:
        """Draw the common choices: the group of each class word and the column of the cue, int64 [texts]."""
        self.rng, self.facet, self.classes = rng, facet, classes
        self.groups = {slot: rng.integers(size, size=len(classes)) for slot, size in shelves.GROUPS.items()}
        self.column = rng.integers(2, size=len(classes))

    def words(self, slot: str) -> list[str]:
        """Draw the words of one slot, one for each text."""
        kind, _, companion = slot.partition(".")
        if kind in shelves.BACKGROUND:
            return shelves.BACKGROUND[kind].even(self.rng, np.zeros_like(self.classes))
        if kind == "name":
            return self._zipf(shelves.NAMES, self.classes, NAME_HEAD)
        if kind not in shelves.GROUPS:
            return self._signal(kind, companion=bool(companion))
        if companion:
            return shelves.COMPANIONS[kind].even(self.rng, self.groups[kind])
        families = self.classes * shelves.GROUPS[kind] + self.groups[kind]
        return self._zipf(shelves.CLASS_WORDS[kind], families, HEAD)

    def _zipf(self, shelf: Shelf, lists: Positions, head: int) -> list[str]:
        tail = (self.rng.random(len(lists)) < TAIL_SHARE) | (self.facet == "rare")
        return shelf.zipf(self.rng, lists, head, tail)

    def _signal(self, kind: str, *, companion: bool) -> list[str]:
        """Draw a marker, a cue word, a companion of either, or the noun of the cue."""
        if kind in ("first", "second"):
            pair, position = shelves.MARKER_PAIRS[:, self.classes]
            lists = 2 * pair + (position if kind == "first" else 1 - position)
            shelf = shelves.COMPANIONS["marker"] if companion else shelves.MARKERS
            return shelf.even(self.rng, lists)
        pair, position = shelves.NOUN_PAIRS[:, self.classes]
        if kind == "noun":
            return shelves.NOUNS.even(self.rng, pair)
        lists = self.column if kind == "cue" else 2 + (self.column ^ position)
        shelf = shelves.COMPANIONS["cue"] if companion else shelves.CUES
        return shelf.even(self.rng, lists)
