"""Word vectors in two dimensions: where words stand before and after training, and what stands beside them."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.linalg import orthogonal_procrustes
from threadpoolctl import threadpool_limits

Values = npt.NDArray[np.float32]
Method = Literal["tsne", "pca"]

NEIGHBOURS = 8
PERPLEXITY = 30
BLOCK = 1000  # rows whose cosines with all others are held at a time
DIGITS = 4


def place(vectors: Values, method: Method, seed: int, like: Values | None = None) -> Values:
    """Place words float32 [words, dimensions] in a plane, float32 [words, 2] between -1 and 1.

    By principal components, or by t-SNE that begins there (van der Maaten and Hinton, 2008). How a map is turned means
    nothing: it is turned and mirrored to lie on the map `like`, where there is one (orthogonal Procrustes).
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    with threadpool_limits(1):  # sums in another order would give other bytes
        placed = np.zeros((len(vectors), 2))
        if len(vectors) > 1:
            components = PCA(min(2, *vectors.shape), svd_solver="full").fit_transform(vectors)
            placed[:, : components.shape[1]] = components
        if method == "tsne" and len(vectors) > 3:
            perplexity = min(PERPLEXITY, (len(vectors) - 1) / 3)
            start = (1e-4 * placed / max(placed[:, 0].std(), 1e-12)).astype(np.float32)  # as scikit-learn scales them
            placed = TSNE(2, perplexity=perplexity, init=start, random_state=seed, n_jobs=1).fit_transform(vectors)
        placed = placed - placed.mean(axis=0)
        if like is not None:
            placed = placed @ orthogonal_procrustes(placed, like)[0]
    scaled: Values = (placed / max(float(np.abs(placed).max()), 1e-12)).round(DIGITS).astype(np.float32)
    return scaled


def neighbours(vectors: Values) -> list[list[int]]:
    """Find the nearest words of each word by cosine, the nearest first; words without direction have none."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = vectors / np.maximum(lengths, 1e-12)
    directed = lengths[:, 0] > 0
    found: list[list[int]] = []
    for begin in range(0, len(units), BLOCK):
        cosines = units[begin : begin + BLOCK] @ units.T
        cosines[:, ~directed] = -2
        cosines[np.arange(len(cosines)), np.arange(begin, begin + len(cosines))] = -2
        nearest = np.argsort(-cosines.round(6), axis=1, kind="stable")[:, :NEIGHBOURS]
        found += [
            [word for word in row.tolist() if cosines[number, word] > -2] if directed[begin + number] else []
            for number, row in enumerate(nearest)
        ]
    return found


def word_map(
    words: list[str], rates: npt.NDArray[np.float64], before: Values, after: Values | None, method: Method, seed: int
) -> dict[str, Any]:
    """Lay out what the page shows of some words.

    `rates` float64 [words, classes] says how often each class uses each word; a word's class is the one that uses it
    most, with its share of all. Vectors are float32 [words, dimensions]; `after` is None where training moved nothing.
    """
    start = place(before, method, seed)
    shares = rates / np.maximum(rates.sum(axis=1, keepdims=True), 1e-12)
    return {
        "method": {"tsne": "t-SNE", "pca": "PCA"}[method],
        "words": words,
        "affinity": shares.argmax(axis=1).tolist(),
        "affinity_share": shares.max(axis=1).round(3).tolist(),
        "before": rounded(start),
        "after": None if after is None else rounded(place(after, method, seed, like=start)),
        "neighbours_before": neighbours(before),
        "neighbours_after": None if after is None else neighbours(after),
    }


def rounded(places: Values) -> list[list[float]]:
    """Write coordinates with the digits that a screen can show."""
    return [[round(float(x), DIGITS), round(float(y), DIGITS)] for x, y in places]
