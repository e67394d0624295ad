"""The majority class: what a classifier reaches without reading."""

import numpy as np

from embedding_bench.arrays import Labels
from embedding_bench.baselines.fitted import Fitted


def fit_majority(labels: Labels, texts: dict[str, int], classes: int) -> Fitted:
    """Predict the class shares of train for every text; `texts` counts them by split."""
    prior = np.bincount(labels, minlength=classes) / len(labels)
    predictions = {split: np.tile(prior, (count, 1)).astype(np.float32) for split, count in texts.items()}
    return Fitted(predictions, None, classes, 0.0)
