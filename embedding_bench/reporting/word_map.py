"""Word vectors in two dimensions before and after training, and the nearest neighbours of each word."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.linalg import orthogonal_procrustes

from embedding_bench.arrays import Matrix

Method = Literal["tsne", "pca"]

NEIGHBOURS = 8
PERPLEXITY = 30
BLOCK = 1000  # rows whose cosines with all others are in memory at a time
DIGITS = 4


def word_map(
    words: list[str], rates: npt.NDArray[np.float64], before: Matrix, after: Matrix | None, method: Method, seed: int
) -> dict[str, Any]:
    """Lay out words in two dimensions.

    `rates` float64 [words, classes] are the relative frequencies of each word in each class; the affinity of a word is
    the class with the highest, with its share of the sum. `before` and `after` are float32 [words, dimensions]; `after`
    is None for a frozen embedding.

    Returns:
        `method`, `words`, `affinity` and `affinity_share` by word, and coordinates and neighbours before and after.
    """
    start = project(before, method, seed)
    shares = rates / np.maximum(rates.sum(axis=1, keepdims=True), 1e-12)
    return {
        "method": {"tsne": "t-SNE", "pca": "PCA"}[method],
        "words": words,
        "affinity": shares.argmax(axis=1).tolist(),
        "affinity_share": shares.max(axis=1).round(3).tolist(),
        "before": _rounded(start),
        "after": None if after is None else _rounded(project(after, method, seed, like=start)),
        "neighbours_before": nearest_neighbours(before),
        "neighbours_after": None if after is None else nearest_neighbours(after),
    }


def project(vectors: Matrix, method: Method, seed: int, like: Matrix | None = None) -> Matrix:
    """Project float32 [words, dimensions] into a plane: float32 [words, 2], between -1 and 1.

    Principal components, or t-SNE initialised with them (van der Maaten and Hinton, 2008). The orientation of such a
    map is arbitrary: it is rotated and mirrored to match the map `like`, if given (orthogonal Procrustes).
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    plane = np.zeros((len(vectors), 2))
    if len(vectors) > 1:
        components = PCA(min(2, *vectors.shape), svd_solver="full").fit_transform(vectors)
        plane[:, : components.shape[1]] = components
    if method == "tsne" and len(vectors) > 3:
        perplexity = min(PERPLEXITY, (len(vectors) - 1) / 3)
        start = (1e-4 * plane / max(plane[:, 0].std(), 1e-12)).astype(np.float32)  # as scikit-learn scales them
        plane = TSNE(2, perplexity=perplexity, init=start, random_state=seed, n_jobs=1).fit_transform(vectors)
    plane = plane - plane.mean(axis=0)
    if like is not None:
        plane = plane @ orthogonal_procrustes(plane, like)[0]
    scaled: Matrix = (plane / max(float(np.abs(plane).max()), 1e-12)).round(DIGITS).astype(np.float32)
    return scaled


def nearest_neighbours(vectors: Matrix) -> list[list[int]]:
    """Find the nearest words of each word by cosine, the nearest first; words with a zero vector have none."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = vectors / np.maximum(lengths, 1e-12)
    nonzero = lengths[:, 0] > 0
    neighbours: list[list[int]] = []
    for begin in range(0, len(units), BLOCK):
        cosines = units[begin : begin + BLOCK] @ units.T
        cosines[:, ~nonzero] = -2
        cosines[np.arange(len(cosines)), np.arange(begin, begin + len(cosines))] = -2
        nearest = np.argsort(-cosines.round(6), axis=1, kind="stable")[:, :NEIGHBOURS]
        neighbours += [
            [word for word in row.tolist() if cosines[number, word] > -2] if nonzero[begin + number] else []
            for number, row in enumerate(nearest)
        ]
    return neighbours


def _rounded(coordinates: Matrix) -> list[list[float]]:
    """Round to the digits that a screen can show."""
    return [[round(float(x), DIGITS), round(float(y), DIGITS)] for x, y in coordinates]
