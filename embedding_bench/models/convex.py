"""A linear head on features that training never changes: a convex problem, solved along a path of strengths."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

from embedding_bench.arrays import Floats, Labels

# Inverse strengths C of the penalty, as in logistic regression on standardised features; weaker from each to the next.
STRENGTHS = [10 ** (exponent / 2) for exponent in range(-8, 5)]
PRECISION = {"maxiter": 500, "ftol": 1e-10, "gtol": 1e-6}


class Solved(NamedTuple):
    """A head, float64 [features, classes] and [classes], its mean loss in nats, and its accuracy, both on train."""

    kernel: Floats
    bias: Floats
    loss: float
    accuracy: float


def solve_path(features: Floats, labels: Labels, weights: Floats) -> Iterator[Solved]:
    """Solve multinomial logistic regression for each of STRENGTHS, starting from the solution before.

    By L-BFGS (Liu and Nocedal, 1989), on standardised features, whose scale goes into the kernel.

    Args:
        features: float [texts, features].
        labels: int32 [texts].
        weights: Of each class in the loss, float64 [classes].
    """
    mean, scale = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
    scale[scale == 0] = 1
    problem = _Problem((features - mean) / scale, labels, weights)
    solution = np.zeros((features.shape[1] + 1, len(weights)))
    for strength in STRENGTHS:
        solution = problem.solve(solution, 1 / (strength * len(features)))
        kernel = problem.axes @ solution[:-1] / scale[:, np.newaxis]
        yield Solved(kernel, solution[-1] - mean @ kernel, *problem.measure(solution))


class _Problem:
    """The penalised loss on the principal axes of features of mean 0; the last row of its parameters is the bias.

    On these axes the curvature of the loss is about diagonal, so that parameters can be scaled to a like curvature:
    L-BFGS then needs a tenth of the steps. A rotation does not change the penalty.
    """

    def __init__(self, features: Floats, labels: Labels, weights: Floats) -> None:
        variances, self.axes = np.linalg.eigh(features.T @ features / len(features))
        self.inputs = np.hstack([features @ self.axes, np.ones((len(features), 1))])
        self.variances = np.append(np.maximum(variances, 0), 1)
        self.labels, self.weights, self.numbers = labels, weights[labels], np.arange(len(labels))

    def solve(self, start: Floats, penalty: float) -> Floats:
        """Minimise from a start [features + 1, classes]."""
        penalties = np.append(np.full(len(start) - 1, penalty), 0)[:, np.newaxis]
        # The curvature of softmax is at most 1/2, and a fifth for even classes.
        steps = 1 / np.sqrt(self.variances[:, np.newaxis] / 5 + penalties)

        def evaluate(flat: Floats) -> tuple[float, Floats]:
            loss, gradient = self._evaluate(flat.reshape(start.shape) * steps, penalties)
            return loss, (gradient * steps).ravel()

        found: Floats = minimize(evaluate, (start / steps).ravel(), method="L-BFGS-B", jac=True, options=PRECISION).x
        solved: Floats = found.reshape(start.shape) * steps
        return solved

    def _evaluate(self, parameters: Floats, penalties: Floats) -> tuple[float, Floats]:
        logs = log_softmax(self.inputs @ parameters, axis=1)
        errors = np.exp(logs)
        errors[self.numbers, self.labels] -= 1
        errors *= (self.weights / len(self.labels))[:, np.newaxis]
        loss = -(self.weights * logs[self.numbers, self.labels]).mean() + (penalties * parameters**2).sum() / 2
        return float(loss), self.inputs.T @ errors + penalties * parameters

    def measure(self, parameters: Floats) -> tuple[float, float]:
        """Return the mean loss without penalty and weights, and the accuracy."""
        logs = log_softmax(self.inputs @ parameters, axis=1)
        right = logs.argmax(axis=1) == self.labels
        return float(-logs[self.numbers, self.labels].mean()), float(right.mean())
