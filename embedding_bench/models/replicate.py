"""The result of one training."""

from typing import NamedTuple

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts.model import Weights
from embedding_bench.artifacts.scores import History


class Replicate(NamedTuple):
    """The result of one training.

    Attributes:
        seed: Of initial weights, batches and dropout.
        best_epoch: Counted from 1.
        parameters: Number of trained parameters.
        history: A row per epoch.
        predictions: Probabilities by split, float32 [texts, classes].
        weights: Of the best epoch.
        seconds: Of each epoch.
        microseconds: Of predicting a text.
        curve: Predicted classes of test by label budget, int32 [texts].
        peak_mb: Of memory, of the process that trained it and perhaps others before.
    """

    seed: int
    best_epoch: int
    parameters: int
    history: History
    predictions: dict[str, Probabilities]
    weights: Weights
    seconds: list[float]
    microseconds: float
    curve: dict[int, Labels]
    peak_mb: int
