"""Concatenated vectors of a fixed number of tokens."""

from embedding_bench.models.batching import Batch
from embedding_bench.models.encoders.encoder import drop, padded
from embedding_bench.settings.encoders import FlattenEncoder
from embedding_bench.tensorflow import keras, tf


class Flatten:
    """Concatenates the vectors of the first `max_tokens` tokens; shorter texts end in zeros."""

    layers: list[keras.layers.Layer] = []
    weights: list[keras.Variable] = []

    def __init__(self, settings: FlattenEncoder, dimensions: int) -> None:
        self.tokens = settings.max_tokens
        self.features = settings.max_tokens * dimensions

    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Encode the texts of a batch, float32 [texts, max_tokens x dimensions]."""
        values, mask = padded(vectors, batch, tf.constant(self.tokens))
        values = drop(tf.where(mask[:, :, tf.newaxis], values, 0.0), dropout, seed)
        return tf.reshape(values, [-1, self.features])
