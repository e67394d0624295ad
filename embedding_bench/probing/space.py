"""Words and their vectors, to be asked for neighbours block by block, so that all of them need not be copied."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.floating[Any]]
Values = npt.NDArray[np.float32]
Distance = Literal["cosine", "euclidean"]
Neighbours = list[tuple[str, float]]

BLOCK = 8_192  # rows; few enough that what is computed of a block stays in the processor's cache


@dataclass(frozen=True)
class Space:
    """Words and vectors [words, dimensions], float32 or float16, row by row; the vectors may be memory-mapped."""

    words: Sequence[str]
    vectors: Matrix

    @cached_property
    def norms(self) -> Values:
        """The lengths of the vectors, float32 [words]; 1 for rows of zeros, which stay zeros when divided by it."""
        norms = np.empty(len(self.words), np.float32)
        for start, block in blocks(self.vectors):
            norms[start : start + len(block)] = lengths(block)
        return norms

    def directions(self, rows: npt.ArrayLike) -> Values:
        """Return rows scaled to length 1: float32 [rows, dimensions]."""
        chosen = np.asarray(rows, np.int64)
        return normalised(np.asarray(self.vectors[chosen], np.float32))

    def cosines(self, target: Values) -> Values:
        """Return the cosine of each word's vector with `target` float32 [dimensions]: float32 [words]."""
        unit = normalised(target[None])[0]
        values: Values = np.concatenate([block @ unit for _, block in blocks(self.vectors)])
        values /= self.norms
        return values

    def distances(self, target: Values) -> Values:
        """Return the Euclidean distance of each word's vector to `target` float32 [dimensions]: float32 [words]."""
        # Not by the binomial formula, which loses the digits of small distances in float32.
        return np.concatenate([np.linalg.norm(block - target, axis=1) for _, block in blocks(self.vectors)])


def blocks(vectors: Matrix) -> Iterator[tuple[int, Values]]:
    """Yield the first row of each block of rows, and the block as float32, copied only where it is float16."""
    for start in range(0, max(len(vectors), 1), BLOCK):
        yield start, np.asarray(vectors[start : start + BLOCK], np.float32)


def lengths(vectors: Values) -> Values:
    """Return the length of each row of float32 [rows, dimensions]; 1 for rows of zeros."""
    found = np.sqrt(np.einsum("rd,rd->r", vectors, vectors))
    return np.where(found > 0, found, np.float32(1))


def normalised(vectors: Values) -> Values:
    """Scale the rows of float32 [rows, dimensions] to length 1; rows of zeros stay."""
    scaled: Values = vectors / lengths(vectors)[:, None]
    return scaled


def nearest(
    space: Space, target: Values, count: int, skip: Collection[int] = (), distance: Distance = "cosine"
) -> Neighbours:
    """Find the `count` words nearest to `target` float32 [dimensions], but for rows in `skip`.

    Each comes with its cosine, the largest first, or with its Euclidean distance, the smallest first.
    """
    values = space.cosines(target) if distance == "cosine" else space.distances(target)
    keys = -values if distance == "cosine" else values
    rows = _smallest(keys, count + len(skip))
    kept = [row for row in rows.tolist() if row not in skip][:count]
    return [(space.words[row], float(values[row])) for row in kept]


def _smallest(keys: Values, count: int) -> npt.NDArray[np.int64]:
    """Return the places of the `count` smallest keys in their order; of equals the first stand first."""
    if count >= len(keys):
        return np.argsort(keys, kind="stable")
    limit = np.partition(keys, count - 1)[count - 1]
    near = np.flatnonzero(keys <= limit)
    return near[np.argsort(keys[near], kind="stable")][:count]


def odd_one_out(vectors: Values) -> Values:
    """Return the cosine of each row of float32 [rows, dimensions] with the mean direction: the odd one has the least.

    As `doesnt_match` of gensim's KeyedVectors.
    """
    units = normalised(vectors)
    cosines: Values = units @ normalised(units.mean(axis=0)[None])[0]
    return cosines


def analogy(units: Values) -> Values:
    """Return b - a + c of the rows a, b, c float32 [3, dimensions], scaled to length 1 before: float32 [dimensions].

    The word with the largest cosine to it answers "a is to b as c is to ..." (3CosAdd; Mikolov et al., 2013).
    """
    a, b, c = normalised(units)
    target: Values = b - a + c
    return target
