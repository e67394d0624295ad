"""Nearest neighbours, analogies and odd words out in a space of word vectors, computed block by block."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Floats, Positions

Values = npt.NDArray[np.float32]
Distance = Literal["cosine", "euclidean"]
Neighbours = list[tuple[str, float]]

BLOCK = 8_192  # rows; small enough for intermediate arrays to stay in the processor's cache


@dataclass(frozen=True)
class Space:
    """Words and their vectors [words, dimensions], float32 or float16, possibly memory-mapped."""

    words: Sequence[str]
    vectors: Floats

    @cached_property
    def norms(self) -> Values:
        """The norms of the vectors, float32 [words]; 1 for zero vectors, so that division leaves them zero."""
        norms = np.empty(len(self.words), np.float32)
        for start, block in _blocks(self.vectors):
            norms[start : start + len(block)] = _norms(block)
        return norms

    def directions(self, rows: npt.ArrayLike) -> Values:
        """Return rows scaled to unit length: float32 [rows, dimensions]."""
        indices = np.asarray(rows, np.int64)
        return normalised(np.asarray(self.vectors[indices], np.float32))

    def cosines(self, target: Values) -> Values:
        """Return the cosine of each word's vector with `target` float32 [dimensions]: float32 [words]."""
        unit = normalised(target[None])[0]
        values: Values = np.concatenate([block @ unit for _, block in _blocks(self.vectors)])
        values /= self.norms
        return values

    def distances(self, target: Values) -> Values:
        """Return the Euclidean distance of each word's vector to `target` float32 [dimensions]: float32 [words]."""
        # Not by the binomial formula, which cancels digits of small distances in float32.
        return np.concatenate([np.linalg.norm(block - target, axis=1) for _, block in _blocks(self.vectors)])


def _blocks(vectors: Floats) -> Iterator[tuple[int, Values]]:
    """Yield the start of each block of rows, and the block as float32, copied only from float16."""
    for start in range(0, max(len(vectors), 1), BLOCK):
        yield start, np.asarray(vectors[start : start + BLOCK], np.float32)


def _norms(vectors: Values) -> Values:
    """Return the norm of each row of float32 [rows, dimensions]; 1 for rows of zeros."""
    norms = np.sqrt(np.einsum("rd,rd->r", vectors, vectors))
    return np.where(norms > 0, norms, np.float32(1))


def normalised(vectors: Values) -> Values:
    """Scale the rows of float32 [rows, dimensions] to unit length; rows of zeros stay zero."""
    scaled: Values = vectors / _norms(vectors)[:, None]
    return scaled


def nearest(
    space: Space, target: Values, count: int, skip: Collection[int] = (), distance: Distance = "cosine"
) -> Neighbours:
    """Return the `count` words nearest to `target` float32 [dimensions], except rows in `skip`.

    Each has its cosine, largest first, or its Euclidean distance, smallest first; ties are in the order of rows.
    """
    values = space.cosines(target) if distance == "cosine" else space.distances(target)
    keys = -values if distance == "cosine" else values
    rows = _smallest(keys, count + len(skip))
    neighbours = [row for row in rows.tolist() if row not in skip][:count]
    return [(space.words[row], float(values[row])) for row in neighbours]


def _smallest(keys: Values, count: int) -> Positions:
    """Return the positions of the `count` smallest keys, sorted; ties are in the order of positions."""
    if count >= len(keys):
        return np.argsort(keys, kind="stable")
    limit = np.partition(keys, count - 1)[count - 1]
    candidates = np.flatnonzero(keys <= limit)
    return candidates[np.argsort(keys[candidates], kind="stable")][:count]


def odd_one_out(vectors: Values) -> Values:
    """Return the cosine of each row of float32 [rows, dimensions] with the mean direction; the smallest is the odd one.

    Same as `doesnt_match` of gensim's KeyedVectors.
    """
    units = normalised(vectors)
    cosines: Values = units @ normalised(units.mean(axis=0)[None])[0]
    return cosines


def analogy(units: Values) -> Values:
    """Return b - a + c of the normalised rows a, b, c, float32 [3, dimensions]: float32 [dimensions].

    The word with the largest cosine to it answers "a is to b as c is to ..." (3CosAdd; Mikolov et al., 2013).
    """
    a, b, c = normalised(units)
    target: Values = b - a + c
    return target
