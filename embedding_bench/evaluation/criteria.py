"""What selection and the leaderboard measure: a value for each text, whose mean is accuracy or macro-F1."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Floats, Labels
from embedding_bench.evaluation.metrics import confusion, f1_scores

Values = npt.NDArray[np.float64]
Criterion = Callable[[Labels, Floats], Values]


def hits(labels: Labels, probabilities: Floats) -> Values:
    """Mark right predictions: float64 [replicates, texts] of 0 and 1, whose mean is the accuracy.

    `labels` int32 [texts], `probabilities` [replicates, texts, classes].
    """
    right: Values = (probabilities.argmax(axis=2) == labels).astype(np.float64)
    return right


def macro_f1_values(labels: Labels, probabilities: Floats) -> Values:
    """Distribute macro-F1 over the texts: float64 [replicates, texts], whose mean is the macro-F1.

    Each text's value is the macro-F1 plus its influence (the infinitesimal jackknife; Efron and Tibshirani, 1993,
    chapter 21), so that macro-F1 gets standard errors in the same way as accuracy.
    """
    classes = probabilities.shape[2]
    return np.stack([_macro_f1_values(labels, predicted, classes) for predicted in probabilities.argmax(axis=2)])


def _macro_f1_values(labels: Labels, predicted: npt.NDArray[np.int64], classes: int) -> Values:
    table = confusion(labels, predicted, classes)
    f1, occurs = f1_scores(table), table.any(axis=1)
    named = np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)
    # F1 = 2 hits / named: a text adds 2 to the numerator of a hit, and 1 to the denominator of both its classes.
    # Classes without texts do not count.
    influence = -(f1[labels] / named[labels] + np.where(occurs, f1 / named, 0)[predicted])
    influence += np.where(labels == predicted, 2 / named[labels], 0)
    values: Values = f1[occurs].mean() + len(labels) / occurs.sum() * influence
    return values


CRITERIA: dict[str, Criterion] = {"accuracy": hits, "macro_f1": macro_f1_values}
