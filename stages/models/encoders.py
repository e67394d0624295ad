"""Token vectors -> one vector per text. Padding never changes a result."""

from typing import Protocol

from stages.core.artifacts.embedding import PADDING
from stages.core.settings import BiLSTMEncoder, EncoderSettings, MeanEncoder
from stages.core.tensorflow import keras, tf
from stages.models.batching import Batch

NARROW = 32  # dimensions below which TensorFlow's sparse product is a plain loop, several times faster than the rest


class Encoder(Protocol):
    """What a classifier asks of an encoder: `layers` hold all its `weights`."""

    layers: list[keras.layers.Layer]
    weights: list[keras.Variable]

    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Encode the texts of a batch, whose rows are `vectors` float32 [unique, dimensions], the padding first.

        `dropout` is 0 outside training. Returns float32 [texts, features]; an empty text gives zeros.
        """


def build_encoder(settings: EncoderSettings, dimensions: int) -> Encoder:
    """Build the encoder of a catalogue entry, with weights from Keras' global seed."""
    if isinstance(settings, MeanEncoder):
        return Mean()
    return BiLSTM(settings, dimensions)


def features_of(settings: EncoderSettings, dimensions: int) -> int:
    """Count the features that an encoder gives."""
    return 2 * settings.units[-1] if isinstance(settings, BiLSTMEncoder) else dimensions


def batch_of(ids: tf.RaggedTensor) -> Batch:
    """Make a batch of ragged ids int32 [texts, tokens] inside a graph."""
    rows, positions = tf.unique(tf.concat([[PADDING], ids.flat_values], axis=0))
    return Batch(rows, positions[1:], tf.cast(ids.value_rowids(), tf.int32), tf.cast(ids.row_lengths(), tf.int32))


class Mean:
    """The average of a text's token vectors, without a tensor of all of them where they are narrow."""

    layers: list[keras.layers.Layer] = []
    weights: list[keras.Variable] = []

    def __call__(
        self,
        vectors: tf.Tensor,
        batch: Batch,
        dropout: float,  # noqa: ARG002  # an average has no inner layers to drop out of
        seed: tf.Tensor,  # noqa: ARG002
    ) -> tf.Tensor:
        """Average the vectors of each text."""
        texts = tf.size(batch.lengths)
        if vectors.shape[1] >= NARROW:
            return tf.sparse.segment_mean(vectors, batch.positions, batch.segments, num_segments=texts)
        places = tf.cast(tf.stack([batch.segments, batch.positions], axis=1), tf.int64)
        shares = tf.gather(1 / tf.cast(batch.lengths, tf.float32), batch.segments)
        shape = tf.cast(tf.stack([texts, tf.shape(vectors)[0]]), tf.int64)
        return tf.sparse.sparse_dense_matmul(tf.SparseTensor(places, shares, shape), vectors)


class BiLSTM:
    """Keras' LSTM layers in both directions; then the largest value of each feature, or the final states."""

    def __init__(self, settings: BiLSTMEncoder, dimensions: int) -> None:
        self.pooling = settings.pooling
        self.layers = []
        for number, units in enumerate(settings.units, start=1):
            sequences = number < len(settings.units) or settings.pooling == "max"
            lstm = keras.layers.LSTM(units, return_sequences=sequences, name="lstm")
            layer = keras.layers.Bidirectional(lstm, name=f"bilstm_{number}")
            layer.build((None, None, dimensions))
            dimensions = 2 * units
            self.layers.append(layer)
        self.weights = [weight for layer in self.layers for weight in layer.weights]

    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Read the vectors of each text in order."""
        # One padded step at least, for a batch of empty texts.
        steps = tf.maximum(tf.reduce_max(batch.lengths), 1)
        mask = tf.sequence_mask(batch.lengths, steps)
        padded = tf.scatter_nd(tf.cast(tf.where(mask), tf.int32), batch.positions, tf.shape(mask))
        states = drop(tf.gather(vectors, padded), dropout, seed)
        for layer in self.layers:
            states = layer(states, mask=mask)
        empty = (batch.lengths == 0)[:, tf.newaxis]
        if self.pooling == "max":
            states = tf.reduce_max(tf.where(mask[:, :, tf.newaxis], states, states.dtype.min), axis=1)
        return tf.where(empty, 0.0, states)


def drop(values: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Drop out a share of the values, the same ones for the same seed int32 [2]."""
    return tf.nn.experimental.stateless_dropout(values, rate, seed=seed) if rate else values
