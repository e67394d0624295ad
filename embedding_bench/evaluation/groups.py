"""Accuracy by class and by length of text, and calibration."""

from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels, Positions, Probabilities
from embedding_bench.evaluation.metrics import MOST_CLASSES
from embedding_bench.evaluation.outcomes import Hits, sampled
from embedding_bench.evaluation.statistics import estimate, rounded

LENGTHS = 5  # groups of about as many texts each
BINS = 10  # of confidence, of equal width

Groups = dict[str, list[dict[str, Any]]]  # by the name of the row


def by_class(right: Hits, labels: Labels, names: list[str], confidence: float) -> Groups:
    """Estimate each row's accuracy on the texts of each class, its recall; at most on the 30 largest classes."""
    counts = np.bincount(labels)
    largest = np.sort(np.argsort(-counts, kind="stable")[:MOST_CLASSES])
    groups = [({"class": names[label]}, labels == label) for label in largest.tolist() if counts[label]]
    return _accuracies(right, groups, confidence)


def length_groups(lengths: Positions) -> list[tuple[int, int]]:
    """Group texts of `lengths` tokens, int64 [texts], by quantiles; return the least and greatest length of each."""
    inner = np.quantile(lengths, np.arange(1, LENGTHS) / LENGTHS, method="lower")
    edges = np.unique([*inner, lengths.max()])
    starts = [int(lengths.min()), *(int(edge) + 1 for edge in edges[:-1])]
    return [(low, int(high)) for low, high in zip(starts, edges, strict=True) if low <= high]


def by_length(right: Hits, lengths: Positions, confidence: float) -> Groups:
    """Estimate each row's accuracy on each group of lengths in tokens, int64 [texts]."""
    groups = [({"from": low, "to": high}, (lengths >= low) & (lengths <= high)) for low, high in length_groups(lengths)]
    return _accuracies(right, groups, confidence)


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


def _accuracies(right: Hits, groups: list[tuple[dict[str, Any], npt.NDArray[np.bool_]]], confidence: float) -> Groups:
    """Estimate each row's accuracy on each group of texts."""
    found: Groups = {name: [] for name in right.values}
    for keys, inside in groups:
        for name, row in sampled(right.of(inside)).items():
            estimated = estimate(row)
            low, high = estimated.interval(confidence)
            found[name].append(
                {
                    **keys,
                    "texts": int(inside.sum()),
                    "mean": rounded(estimated.mean),
                    "low": rounded(max(low, 0)),
                    "high": rounded(min(high, 1)),
                }
            )
    return found
