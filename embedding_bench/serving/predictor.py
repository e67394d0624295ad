"""Prediction with an exported model on many texts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from embedding_bench.models.batching import sorted_by_length
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.tensorflow import tf

CHARACTERS = 250_000  # in a batch, padding included
THREADS = 2  # one cleans in Python while the other computes


class Predictor:
    """An exported model, traced once for batches of any size."""

    def __init__(self, model: TextClassifier) -> None:
        self.labels = model.labels
        self._classify = tf.function(model, input_signature=[tf.TensorSpec([None], tf.string)])

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the probabilities of raw texts, float32 [texts, classes]; batches hold texts of similar length."""
        result = np.empty((len(texts), len(self.labels)), dtype=np.float32)
        encoded = [text.encode("utf-8", "replace") for text in texts]
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        batches = list(sorted_by_length(lengths, CHARACTERS))
        with ThreadPoolExecutor(THREADS) as threads:
            answers = threads.map(lambda chosen: self._classify([encoded[text] for text in chosen]).numpy(), batches)
            for chosen, answer in zip(batches, answers, strict=True):
                result[chosen] = answer
        return result
