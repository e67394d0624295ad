"""Draws the words that fill a slot, for many texts at once."""

import numpy as np

from embedding_bench.arrays import Positions
from embedding_bench.corpus.sample import shelves
from embedding_bench.corpus.sample.shelves import Shelf

HEAD = 4  # so many words of a family are its frequent ones; the others are its tail
NAME_HEAD = 80
TAIL_SHARE = 0.2  # of the class words of plain texts: there the tail keeps company with the heads


class Draw:
    """Texts of one facet and template: draws each slot for all of them, and what slots share only once."""

    def __init__(self, rng: np.random.Generator, facet: str, classes: Positions) -> None:
        """Draw what slots share: the group of each class word and the column of the cue, int64 (texts,)."""
        self.rng, self.facet, self.classes = rng, facet, classes
        self.groups = {slot: rng.integers(size, size=len(classes)) for slot, size in shelves.GROUPS.items()}
        self.column = rng.integers(2, size=len(classes))

    def words(self, slot: str) -> list[str]:
        """Return the words of one slot, one for each text."""
        kind, _, company = slot.partition(".")
        if kind in shelves.BACKGROUND:
            return shelves.BACKGROUND[kind].even(self.rng, np.zeros_like(self.classes))
        if kind == "name":
            return self._ranked(shelves.NAMES, self.classes, NAME_HEAD)
        if kind not in shelves.GROUPS:
            return self._planted(kind, company=bool(company))
        if company:
            return shelves.COMPANIONS[kind].even(self.rng, self.groups[kind])
        families = self.classes * shelves.GROUPS[kind] + self.groups[kind]
        return self._ranked(shelves.CLASS_WORDS[kind], families, HEAD)

    def _ranked(self, shelf: Shelf, lists: Positions, head: int) -> list[str]:
        tail = (self.rng.random(len(lists)) < TAIL_SHARE) | (self.facet == "rare")
        return shelf.zipf(self.rng, lists, head, tail)

    def _planted(self, kind: str, *, company: bool) -> list[str]:
        """Draw a marker or a word of the cue, one of its companions, or the noun that goes with the cue."""
        if kind in ("first", "second"):
            pair, place = shelves.MARKER_PAIRS[:, self.classes]
            lists = 2 * pair + (place if kind == "first" else 1 - place)
            shelf = shelves.COMPANIONS["marker"] if company else shelves.MARKERS
            return shelf.even(self.rng, lists)
        pair, place = shelves.NOUN_PAIRS[:, self.classes]
        if kind == "noun":
            return shelves.NOUNS.even(self.rng, pair)
        lists = self.column if kind == "cue" else 2 + (self.column ^ place)
        shelf = shelves.COMPANIONS["cue"] if company else shelves.CUES
        return shelf.even(self.rng, lists)
