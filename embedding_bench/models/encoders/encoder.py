"""The interface of encoders, and their shared operations. Padding never changes a result."""

from typing import Protocol

from embedding_bench.models.batching import Batch
from embedding_bench.tensorflow import keras, tf


class Encoder(Protocol):
    """Encodes token vectors as one vector of `features` numbers per text; `layers` hold all `weights`."""

    features: int
    layers: list[keras.layers.Layer]
    weights: list[keras.Variable]

    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Encode the texts of a batch, float32 [texts, features]; the values of an empty text are not used.

        `vectors` float32 [unique, dimensions] are the rows of the batch, the padding first. `dropout` is 0 outside
        training.
        """


def padded(vectors: tf.Tensor, batch: Batch, steps: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return padded token vectors, float32 [texts, steps, dimensions], and their mask, bool [texts, steps]."""
    mask = tf.sequence_mask(batch.lengths, steps)
    positions = tf.scatter_nd(tf.cast(tf.where(mask), tf.int32), batch.positions, tf.shape(mask))
    return tf.gather(vectors, positions), mask


def longest(batch: Batch, least: int = 1) -> tf.Tensor:
    """Return the length of the longest text, int32, at least `least` for short or empty texts."""
    return tf.maximum(tf.reduce_max(batch.lengths), least)


def largest(values: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Return the maximum of each feature over unmasked steps: float32 [texts, steps, features] -> [texts, features]."""
    return tf.reduce_max(tf.where(mask[:, :, tf.newaxis], values, values.dtype.min), axis=1)


def drop(values: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Apply dropout at a rate; `seed` int32 [2] decides which values are dropped."""
    return tf.nn.experimental.stateless_dropout(values, rate, seed=seed) if rate else values
