"""Drift of an embedding in training: distances of its rows, and neighbours of the words that moved most."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Floats, Matrix, Positions
from embedding_bench.probing.space import Space, nearest

LEAST_COUNT = 10  # occurrences in train of listed words and of their neighbours
NEIGHBOURS = 5


class Distances(NamedTuple):
    """The distance of each row before training to after it, float64 [rows].

    `cosine` is 1 - cosine similarity, and NaN if either vector is zero.
    """

    cosine: npt.NDArray[np.float64]
    euclidean: npt.NDArray[np.float64]


def row_distances(before: Floats, after: Floats) -> Distances:
    """Return the distances between corresponding rows of two matrices [rows, dimensions]."""
    before, after = before.astype(np.float64), after.astype(np.float64)
    norms = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    nonzero = np.where(norms > 0, norms, np.nan)
    cosines = np.einsum("rd,rd->r", before, after) / nonzero
    return Distances(np.maximum(1 - cosines, 0), np.linalg.norm(before - after, axis=1))


def describe_drift(
    words: Sequence[str], counts: Positions, before: Matrix, after: Matrix, listed: int
) -> dict[str, Any]:
    """Return mean distances over words of train, and the `listed` words that moved most with their neighbours.

    `counts` int64 [words] are occurrences in train; the matrices are float32 [words, dimensions], before and after
    training. Words outside train are left out, since training does not move them. The most moved words have the largest
    cosine distance among words with at least LEAST_COUNT occurrences: the few gradients of a rare word reflect the
    labels of a few texts, and a small update is enough to turn a small vector. Neighbours are the nearest by cosine
    among the same words.
    """
    in_train = np.flatnonzero(counts > 0)
    frequent = np.flatnonzero(counts >= LEAST_COUNT)
    distances = row_distances(before[in_train], after[in_train])
    return {
        "words": len(in_train),
        "frequent": len(frequent),
        **_mean("cosine", distances.cosine),
        **_mean("euclidean", distances.euclidean),
        "most_moved": most_moved(
            [words[row] for row in frequent.tolist()], counts[frequent], before[frequent], after[frequent], listed
        ),
    }


def _mean(name: str, values: npt.NDArray[np.float64]) -> dict[str, float]:
    defined = values[~np.isnan(values)]
    return {name: round(float(defined.mean()), 6)} if len(defined) else {}


def most_moved(words: list[str], counts: Positions, before: Matrix, after: Matrix, listed: int) -> list[dict[str, Any]]:
    """Return at most `listed` words that moved, by descending cosine distance, with their neighbours."""
    distances = row_distances(before, after)
    order = np.argsort(-np.nan_to_num(distances.cosine, nan=-1), kind="stable")[:listed]
    spaces = Space(words, before), Space(words, after)
    return [
        {
            "word": words[row],
            "count": int(counts[row]),
            "cosine": round(float(distances.cosine[row]), 6),
            "euclidean": round(float(distances.euclidean[row]), 6),
            **{when: _neighbours(space, row) for when, space in zip(("before", "after"), spaces, strict=True)},
        }
        for row in order.tolist()
        if distances.euclidean[row] > 0 and not np.isnan(distances.cosine[row])
    ]


def _neighbours(space: Space, row: int) -> list[str]:
    target = np.asarray(space.vectors[row], np.float32)
    return [word for word, _ in nearest(space, target, NEIGHBOURS, {row})]
