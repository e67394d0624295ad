"""Encoders without weights, for which the order of tokens makes no difference."""

from abc import ABC, abstractmethod

from embedding_bench.models.batching import Batch
from embedding_bench.settings.encoders import PoolingEncoder
from embedding_bench.tensorflow import keras, tf

NARROW = 32  # dimensions below which TensorFlow's sparse product is a plain loop, several times faster than the rest


class Pooling(ABC):
    """An encoder that pools token vectors in any order; `linear` ones commute with a dense layer."""

    linear = True  # does it commute with a dense layer?
    layers: list[keras.layers.Layer] = []
    weights: list[keras.Variable] = []

    def __init__(self, dimensions: int) -> None:
        self.features = dimensions

    # The last two are an Encoder's, for its inner layers; a pooling has none.
    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:  # noqa: ARG002
        """Pool the vectors of each text."""
        return self.pool(vectors, batch)

    @abstractmethod
    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Pool the vectors of each text: float32 [unique, any] -> [texts, any]."""


class Sum(Pooling):
    """The sum of a text's token vectors, without a tensor of all of them where they are narrow."""

    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Add up the vectors of each text."""
        texts = tf.size(batch.lengths)
        if vectors.shape[1] >= NARROW:
            return tf.sparse.segment_sum(vectors, batch.positions, batch.segments, num_segments=texts)
        places = tf.cast(tf.stack([batch.segments, batch.positions], axis=1), tf.int64)
        shape = tf.cast(tf.stack([texts, tf.shape(vectors)[0]]), tf.int64)
        ones = tf.ones_like(batch.positions, dtype=tf.float32)
        return tf.sparse.sparse_dense_matmul(tf.SparseTensor(places, ones, shape), vectors)


class Mean(Sum):
    """The average of a text's token vectors."""

    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Average the vectors of each text."""
        lengths = tf.cast(tf.maximum(batch.lengths, 1), tf.float32)
        return super().pool(vectors, batch) / lengths[:, tf.newaxis]


class Presence(Sum):
    """The sum of a text's distinct token vectors over the square root of their number, for texts of distinct tokens.

    As marks of presence in a bag of words that has Euclidean length 1.
    """

    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Add up and scale the vectors of each text."""
        lengths = tf.cast(tf.maximum(batch.lengths, 1), tf.float32)
        return super().pool(vectors, batch) / tf.sqrt(lengths)[:, tf.newaxis]


class Max(Pooling):
    """The largest value of each dimension among a text's token vectors."""

    linear = False

    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Take the largest values of each text; zeros for an empty one."""
        tokens = tf.gather(vectors, batch.positions)
        found = tf.math.unsorted_segment_max(tokens, batch.segments, tf.size(batch.lengths))
        return tf.where((batch.lengths == 0)[:, tf.newaxis], 0.0, found)


def build_pooling(settings: PoolingEncoder, dimensions: int) -> Pooling:
    """Build the encoder of a catalogue entry."""
    kinds: dict[str, type[Pooling]] = {"mean": Mean, "sum": Sum, "max": Max, "presence": Presence}
    return kinds[settings.kind](dimensions)
