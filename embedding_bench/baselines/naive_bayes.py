"""Logistic regression on n-grams that are weighted by Naive Bayes (Wang and Manning, 2012)."""

from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.evaluation.naive_bayes import log_count_ratios

if TYPE_CHECKING:  # takes a second, which the majority class does not need
    from scipy.sparse import csr_matrix


class NaiveBayesLogistic:
    """One logistic regression for each class against the rest, on the presence of n-grams times their log-count ratio.

    Two classes need one regression. `strength` is its inverse strength C.
    """

    def __init__(self, strength: float, max_iterations: int, balanced: bool) -> None:
        self.strength, self.max_iterations, self.balanced = strength, max_iterations, balanced

    def fit(self, counts: "csr_matrix", labels: Labels) -> Self:
        """Fit on counts float32 [texts, n-grams] and labels int32 [texts]."""
        from sklearn.linear_model import LogisticRegression

        presence, classes = _presence(counts), np.unique(labels)
        self.ratios, self.models = [], []
        for label in classes[-1:] if len(classes) == 2 else classes:
            inside = labels == label
            ratio = _log_count_ratio(presence, inside)
            model = LogisticRegression(
                C=self.strength,
                max_iter=self.max_iterations,
                class_weight="balanced" if self.balanced else None,
            )
            self.models.append(model.fit(presence.multiply(ratio).tocsr(), inside))
            self.ratios.append(ratio)
        return self

    def predict_proba(self, counts: "csr_matrix") -> npt.NDArray[np.float64]:
        """Return the probabilities of the classes, those of the regressions scaled to sum 1: [texts, classes]."""
        presence = _presence(counts)
        columns = [
            model.predict_proba(presence.multiply(ratio).tocsr())[:, 1]
            for model, ratio in zip(self.models, self.ratios, strict=True)
        ]
        if len(columns) == 1:
            return np.stack([1 - columns[0], columns[0]], axis=1)
        stacked = np.maximum(np.stack(columns, axis=1), np.finfo(np.float64).tiny)
        probabilities: npt.NDArray[np.float64] = stacked / stacked.sum(axis=1, keepdims=True)
        return probabilities

    @property
    def parameters(self) -> int:
        """The number of trained weights."""
        return sum(int(model.coef_.size + model.intercept_.size) for model in self.models)


def _presence(counts: "csr_matrix") -> "csr_matrix":
    present = counts.copy()
    present.data = np.ones_like(present.data)
    return present


def _log_count_ratio(presence: "csr_matrix", inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Compute the ratio of each n-gram: float32 [n-grams]."""
    counts = (np.asarray(presence[rows].sum(axis=0), np.float64).ravel() for rows in (inside, ~inside))
    return log_count_ratios(*counts).astype(np.float32)
