"""Where a row is right and how sure of itself it is: accuracy by class and by length, and calibration."""

from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.evaluation.metrics import MOST_CLASSES
from embedding_bench.evaluation.statistics import Values, estimate, rounded

LENGTHS = 5  # groups of about as many texts each
BINS = 10  # of confidence, of equal width


def by_class(right: Values, labels: Labels, names: list[str], confidence: float) -> list[dict[str, Any]]:
    """Estimate the accuracy on the texts of each class, its recall; of many classes, on those with the most texts."""
    counts = np.bincount(labels)
    largest = np.sort(np.argsort(-counts, kind="stable")[:MOST_CLASSES])
    return [
        {"class": names[label], **group(right[:, labels == label], confidence)}
        for label in largest.tolist()
        if counts[label]
    ]


def length_groups(lengths: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut texts into groups of about the same size by their number of tokens; return the least and most of each."""
    inner = np.quantile(lengths, np.arange(1, LENGTHS) / LENGTHS, method="lower")
    edges = np.unique([*inner, lengths.max()])
    starts = [int(lengths.min()), *(int(edge) + 1 for edge in edges[:-1])]
    return [(low, int(high)) for low, high in zip(starts, edges, strict=True) if low <= high]


def by_length(right: Values, lengths: npt.NDArray[np.int64], confidence: float) -> list[dict[str, Any]]:
    """Estimate the accuracy on short and on long texts."""
    return [
        {"from": low, "to": high, **group(right[:, (lengths >= low) & (lengths <= high)], confidence)}
        for low, high in length_groups(lengths)
    ]


def group(right: Values, confidence: float) -> dict[str, Any]:
    """Estimate the accuracy on some texts."""
    found = estimate(right)
    low, high = found.interval(confidence)
    return {
        "texts": right.shape[1],
        "mean": rounded(found.mean),
        "low": rounded(max(low, 0)),
        "high": rounded(min(high, 1)),
    }


def reliability(labels: Labels, probabilities: Probabilities) -> list[dict[str, Any]]:
    """Compare confidence with accuracy in bins of confidence (Guo et al., 2017), over all replicates.

    `probabilities` are float32 [replicates, texts, classes]. Bins without texts are left out.
    """
    confidence = probabilities.max(axis=2).astype(np.float64).ravel()
    right = (probabilities.argmax(axis=2) == labels).ravel()
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = []
    for place in np.unique(places).tolist():
        inside = places == place
        rows.append(
            {
                "share": rounded(inside.mean()),
                "confidence": rounded(confidence[inside].mean()),
                "accuracy": rounded(right[inside].mean()),
            }
        )
    return rows
