"""How far training moved the rows of an embedding, and what the words that it moved most stand beside now."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.probing.space import Matrix, Space, Values, nearest

LEAST_COUNT = 10  # occurrences in train of the words that are listed and that are their neighbours
NEIGHBOURS = 5


class Moves(NamedTuple):
    """The distance of each row's vector before to its vector after, float64 [rows].

    `cosine` is 1 - their cosine, and NaN where either is zeros and so has no direction.
    """

    cosine: npt.NDArray[np.float64]
    euclidean: npt.NDArray[np.float64]


def measure_moves(before: Matrix, after: Matrix) -> Moves:
    """Measure how far each row of float32 [rows, dimensions] moved."""
    one, other = before.astype(np.float64), after.astype(np.float64)
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    directed = np.where(lengths > 0, lengths, np.nan)
    cosines = np.einsum("rd,rd->r", one, other) / directed
    return Moves(np.maximum(1 - cosines, 0), np.linalg.norm(one - other, axis=1))


def describe_drift(
    words: Sequence[str], counts: npt.NDArray[np.int64], before: Values, after: Values, listed: int
) -> dict[str, Any]:
    """Say how far training moved the words, and list those that it moved most, with their neighbours before and after.

    Words, counts int64 [words] (occurrences in train) and both matrices, float32 [words, dimensions], stand row by row.
    The means are over the words that occur in train: training leaves the others where they were. The most moved are
    those with the largest cosine distance among the words that occur in train at least LEAST_COUNT times: a rare word's
    few gradients turn it as the labels of those few texts fell, which tells of them and not of the word; and a small
    vector is turned by little. Neighbours are sought among the same words, by cosine.
    """
    seen = np.flatnonzero(counts > 0)
    frequent = np.flatnonzero(counts >= LEAST_COUNT)
    moves = measure_moves(before[seen], after[seen])
    return {
        "words": len(seen),
        "frequent": len(frequent),
        **_mean("cosine", moves.cosine),
        **_mean("euclidean", moves.euclidean),
        "most_moved": list_moved(
            [words[row] for row in frequent.tolist()], counts[frequent], before[frequent], after[frequent], listed
        ),
    }


def _mean(name: str, values: npt.NDArray[np.float64]) -> dict[str, float]:
    defined = values[~np.isnan(values)]
    return {name: round(float(defined.mean()), 6)} if len(defined) else {}


def list_moved(
    words: list[str], counts: npt.NDArray[np.int64], before: Values, after: Values, listed: int
) -> list[dict[str, Any]]:
    """Describe the `listed` words that moved most by cosine distance, of those that moved, among the given ones."""
    moves = measure_moves(before, after)
    order = np.argsort(-np.nan_to_num(moves.cosine, nan=-1), kind="stable")[:listed]
    spaces = Space(words, before), Space(words, after)
    return [
        {
            "word": words[row],
            "count": int(counts[row]),
            "cosine": round(float(moves.cosine[row]), 6),
            "euclidean": round(float(moves.euclidean[row]), 6),
            **{when: _neighbours(space, row) for when, space in zip(("before", "after"), spaces, strict=True)},
        }
        for row in order.tolist()
        if moves.euclidean[row] > 0 and not np.isnan(moves.cosine[row])
    ]


def _neighbours(space: Space, row: int) -> list[str]:
    target = np.asarray(space.vectors[row], np.float32)
    return [word for word, _ in nearest(space, target, NEIGHBOURS, {row})]
