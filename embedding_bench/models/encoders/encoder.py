"""The interface of encoders, and the operations that they share. Padding never changes a result."""

from typing import Protocol

from embedding_bench.models.batching import Batch
from embedding_bench.tensorflow import keras, tf


class Encoder(Protocol):
    """Token vectors -> one vector per text, of `features` numbers; `layers` hold all its `weights`."""

    features: int
    layers: list[keras.layers.Layer]
    weights: list[keras.Variable]

    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Encode the texts of a batch, whose rows are `vectors` float32 [unique, dimensions], the padding first.

        `dropout` is 0 outside training. Returns float32 [texts, features]; the values of an empty text are not used.
        """


def padded(vectors: tf.Tensor, batch: Batch, steps: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Lay the texts' vectors out side by side: float32 [texts, steps, dimensions], and which are tokens, bool."""
    mask = tf.sequence_mask(batch.lengths, steps)
    places = tf.scatter_nd(tf.cast(tf.where(mask), tf.int32), batch.positions, tf.shape(mask))
    return tf.gather(vectors, places), mask


def longest(batch: Batch, least: int = 1) -> tf.Tensor:
    """Return the length of the longest text, and `least` at least, for a batch of short or empty texts."""
    return tf.maximum(tf.reduce_max(batch.lengths), least)


def largest(values: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Take the largest value of each feature among the steps that count: float32 [texts, steps, features]."""
    return tf.reduce_max(tf.where(mask[:, :, tf.newaxis], values, values.dtype.min), axis=1)


def drop(values: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Drop out a share of the values, the same ones for the same seed int32 [2]."""
    return tf.nn.experimental.stateless_dropout(values, rate, seed=seed) if rate else values
