"""The result of fitting a baseline."""

from typing import NamedTuple

from embedding_bench.arrays import Probabilities


class Fitted(NamedTuple):
    """Predictions by split, float32 [texts, classes], the strength that validation chose, and the parameters.

    `microseconds` are those of predicting a text.
    """

    predictions: dict[str, Probabilities]
    strength: float | None
    parameters: int
    microseconds: float
