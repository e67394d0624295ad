"""Accuracy by class and by length of text, and calibration."""

from typing import Any

import numpy as np

from embedding_bench.arrays import Labels, Positions, Probabilities
from embedding_bench.evaluation.metrics import MOST_CLASSES
from embedding_bench.evaluation.statistics import Values, estimate, rounded

LENGTHS = 5  # groups of about as many texts each
BINS = 10  # of confidence, of equal width


def by_class(right: Values, labels: Labels, names: list[str], confidence: float) -> list[dict[str, Any]]:
    """Estimate the accuracy on the texts of each class, its recall; at most on the 30 classes with the most texts."""
    counts = np.bincount(labels)
    largest = np.sort(np.argsort(-counts, kind="stable")[:MOST_CLASSES])
    return [
        {"class": names[label], **_accuracy(right[:, labels == label], confidence)}
        for label in largest.tolist()
        if counts[label]
    ]


def length_groups(lengths: Positions) -> list[tuple[int, int]]:
    """Group texts of `lengths` tokens, int64 [texts], by quantiles; return the least and greatest length of each."""
    inner = np.quantile(lengths, np.arange(1, LENGTHS) / LENGTHS, method="lower")
    edges = np.unique([*inner, lengths.max()])
    starts = [int(lengths.min()), *(int(edge) + 1 for edge in edges[:-1])]
    return [(low, int(high)) for low, high in zip(starts, edges, strict=True) if low <= high]


def by_length(right: Values, lengths: Positions, confidence: float) -> list[dict[str, Any]]:
    """Estimate the accuracy on each group of lengths in tokens, int64 [texts]."""
    return [
        {"from": low, "to": high, **_accuracy(right[:, (lengths >= low) & (lengths <= high)], confidence)}
        for low, high in length_groups(lengths)
    ]


def reliability(labels: Labels, probabilities: Probabilities) -> list[dict[str, Any]]:
    """Compare confidence with accuracy in bins of confidence, over all replicates (Guo et al., 2017).

    `labels` int32 [texts], `probabilities` float32 [replicates, texts, classes]. Empty bins are left out.
    """
    confidence = probabilities.max(axis=2).astype(np.float64).ravel()
    right = (probabilities.argmax(axis=2) == labels).ravel()
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = []
    for number in np.unique(bins).tolist():
        inside = bins == number
        rows.append(
            {
                "share": rounded(inside.mean()),
                "confidence": rounded(confidence[inside].mean()),
                "accuracy": rounded(right[inside].mean()),
            }
        )
    return rows


def _accuracy(right: Values, confidence: float) -> dict[str, Any]:
    """Estimate the accuracy on a group of texts."""
    estimated = estimate(right)
    low, high = estimated.interval(confidence)
    return {
        "texts": right.shape[1],
        "mean": rounded(estimated.mean),
        "low": rounded(max(low, 0)),
        "high": rounded(min(high, 1)),
    }
