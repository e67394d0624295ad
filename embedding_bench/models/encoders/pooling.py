"""Encoders without weights that ignore the order of tokens."""

from abc import ABC, abstractmethod

from embedding_bench.models.batching import Batch
from embedding_bench.settings.encoders import PoolingEncoder
from embedding_bench.tensorflow import keras, tf

NARROW = 32  # dimensions below which TensorFlow's sparse product is several times faster than a segment sum


class Pooling(ABC):
    """An encoder that pools token vectors in any order."""

    linear = True  # does it commute with a dense layer?
    layers: list[keras.layers.Layer] = []
    weights: list[keras.Variable] = []

    def __init__(self, dimensions: int) -> None:
        self.features = dimensions

    # A pooling has no inner layers to drop out; the last two parameters are those of Encoder.
    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:  # noqa: ARG002
        """Encode the texts of a batch, float32 [texts, dimensions]."""
        return self.pool(vectors, batch)

    @abstractmethod
    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Pool the vectors of each text: float32 [unique, any] -> [texts, any]."""


class Sum(Pooling):
    """The sum of a text's token vectors; narrow vectors are summed by a sparse product, without gathering them."""

    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Sum the vectors of each text."""
        texts = tf.size(batch.lengths)
        if vectors.shape[1] >= NARROW:
            return tf.sparse.segment_sum(vectors, batch.positions, batch.segments, num_segments=texts)
        indices = tf.cast(tf.stack([batch.segments, batch.positions], axis=1), tf.int64)
        shape = tf.cast(tf.stack([texts, tf.shape(vectors)[0]]), tf.int64)
        ones = tf.ones_like(batch.positions, dtype=tf.float32)
        return tf.sparse.sparse_dense_matmul(tf.SparseTensor(indices, ones, shape), vectors)


class Mean(Sum):
    """The average of a text's token vectors."""

    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Average the vectors of each text."""
        lengths = tf.cast(tf.maximum(batch.lengths, 1), tf.float32)
        return super().pool(vectors, batch) / lengths[:, tf.newaxis]


class Presence(Sum):
    """The sum of a text's distinct token vectors, divided by the square root of their number.

    Its input has distinct tokens. The weights are those of a binary bag of words scaled to Euclidean length 1.
    """

    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Sum and scale the vectors of each text."""
        lengths = tf.cast(tf.maximum(batch.lengths, 1), tf.float32)
        return super().pool(vectors, batch) / tf.sqrt(lengths)[:, tf.newaxis]


class Max(Pooling):
    """The maximum of each dimension over a text's token vectors."""

    linear = False

    def pool(self, vectors: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Return the maxima of each text; zeros for an empty one."""
        tokens = tf.gather(vectors, batch.positions)
        maxima = tf.math.unsorted_segment_max(tokens, batch.segments, tf.size(batch.lengths))
        return tf.where((batch.lengths == 0)[:, tf.newaxis], 0.0, maxima)


def build_pooling(settings: PoolingEncoder, dimensions: int) -> Pooling:
    """Build the pooling of a catalogue entry."""
    kinds: dict[str, type[Pooling]] = {"mean": Mean, "sum": Sum, "max": Max, "presence": Presence}
    return kinds[settings.kind](dimensions)
