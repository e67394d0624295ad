"""Metrics of predicted probabilities, the same for variants and baselines."""

from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Floats, Labels, Probabilities

MOST_CLASSES = 30  # that a person can tell apart in a picture


def measure(labels: Labels, probabilities: Probabilities) -> dict[str, Any]:
    """Measure predictions of one split: labels int32 [texts], probabilities float32 [texts, classes].

    Returns:
        accuracy, macro_f1 (over the classes that occur), log_loss in nats, calibration_error, and `classes`: precision,
        recall and f1 of each class, 0 where a class is never predicted or never occurs.
    """
    table = confusion(labels, probabilities.argmax(axis=1), probabilities.shape[1])
    right = table.diagonal()
    by_class = {
        "precision": _share(right, table.sum(axis=0)),
        "recall": _share(right, table.sum(axis=1)),
        "f1": f1_scores(table),
    }
    return {
        "accuracy": round(float(right.sum() / max(table.sum(), 1)), 6),
        "macro_f1": round(float(by_class["f1"][table.any(axis=1)].mean()), 6),
        "log_loss": round(log_loss(labels, probabilities), 6),
        "calibration_error": round(calibration_error(labels, probabilities), 6),
        "classes": {name: [round(float(value), 6) for value in values] for name, values in by_class.items()},
    }


def confusion(labels: Labels, predicted: npt.NDArray[np.integer[Any]], classes: int) -> npt.NDArray[np.int64]:
    """Count texts by actual and predicted class: int64 [classes, classes].

    >>> confusion(np.array([0, 0, 1], np.int32), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)


def mean_confusion(labels: Labels, probabilities: Probabilities) -> npt.NDArray[np.float64]:
    """Average the confusion matrices of replicates, whose probabilities are float32 [replicates, texts, classes]."""
    classes = probabilities.shape[2]
    tables = [confusion(labels, predicted, classes) for predicted in probabilities.argmax(axis=2)]
    mean: npt.NDArray[np.float64] = np.mean(tables, axis=0)
    return mean


def fold_confusion(
    table: npt.NDArray[np.float64], names: list[str], most: int = MOST_CLASSES
) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Merge the classes with the fewest texts into a last row and column, where there are more than `most` classes."""
    if len(names) <= most:
        return table, names
    largest = np.sort(np.argsort(-table.sum(axis=1), kind="stable")[: most - 1])
    target = np.full(len(names), most - 1)
    target[largest] = np.arange(most - 1)
    folded = np.zeros((most, most))
    np.add.at(folded, (target[:, None], target[None, :]), table)
    return folded, [*(names[label] for label in largest), f"{len(names) - most + 1} others"]


def f1_scores(table: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Compute F1 of each class: 2 hits / (actual + predicted), 0 where both are 0."""
    return _share(2 * table.diagonal(), table.sum(axis=0) + table.sum(axis=1))


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return part / np.maximum(whole, 1)


def log_loss(labels: Labels, probabilities: Floats) -> float:
    """Compute the mean negative log probability of the actual class, in nats; probabilities are clipped at 1e-7."""
    actual = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(actual, 1e-7)).mean())


def calibration_error(labels: Labels, probabilities: Probabilities, bins: int = 15) -> float:
    """Compute the expected calibration error: |accuracy - confidence| in bins of equal width (Guo et al., 2017)."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, weights=right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))
