"""Token vectors -> one vector per text. Padding never changes a result."""

from typing import Protocol

from stages.core.artifacts.embedding import PADDING
from stages.core.settings import BiLSTMEncoder, EncoderSettings, MeanEncoder
from stages.core.tensorflow import keras, tf


class Encoder(Protocol):
    """What a classifier asks of an encoder: `layers` hold all its `weights`."""

    layers: list[keras.layers.Layer]
    weights: list[keras.Variable]

    def __call__(
        self, rows: tf.Tensor, positions: tf.Tensor, lengths: tf.Tensor, dropout: float, seed: tf.Tensor
    ) -> tf.Tensor:
        """Encode texts whose tokens are `rows` float32 [unique, dimensions] at `positions` int32 [tokens].

        Row 0 is the padding. The tokens of all texts stand end to end; `lengths` int32 [texts] parts them. `dropout`
        is 0 outside training. Returns float32 [texts, features]; an empty text gives zeros.
        """


def build_encoder(settings: EncoderSettings, dimensions: int) -> Encoder:
    """Build the encoder of a catalogue entry, with weights from Keras' global seed."""
    if isinstance(settings, MeanEncoder):
        return Mean()
    return BiLSTM(settings, dimensions)


def features_of(settings: EncoderSettings, dimensions: int) -> int:
    """Count the features that an encoder gives."""
    return 2 * settings.units[-1] if isinstance(settings, BiLSTMEncoder) else dimensions


def unique_rows(ids: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Name each row of a batch once, as encoders take them: int32 [unique], and the place of each token int32 [tokens].

    The padding is always the first. Where rows are unique, the gradient of each comes out summed.
    """
    unique, positions = tf.unique(tf.concat([[PADDING], ids], axis=0))
    return unique, positions[1:]


class Mean:
    """The average of a text's token vectors, without a tensor of all of them."""

    layers: list[keras.layers.Layer] = []
    weights: list[keras.Variable] = []

    def __call__(
        self,
        rows: tf.Tensor,
        positions: tf.Tensor,
        lengths: tf.Tensor,
        dropout: float,  # noqa: ARG002  # an average has no inner layers to drop out of
        seed: tf.Tensor,  # noqa: ARG002
    ) -> tf.Tensor:
        """Average the rows of each text."""
        texts = tf.size(lengths)
        return tf.sparse.segment_mean(rows, positions, tf.repeat(tf.range(texts), lengths), num_segments=texts)


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

    def __call__(
        self, rows: tf.Tensor, positions: tf.Tensor, lengths: tf.Tensor, dropout: float, seed: tf.Tensor
    ) -> tf.Tensor:
        """Read the rows of each text in order."""
        # One padded step at least, for a batch of empty texts.
        steps = tf.maximum(tf.reduce_max(lengths), 1)
        mask = tf.sequence_mask(lengths, steps)
        padded = tf.scatter_nd(tf.cast(tf.where(mask), tf.int32), positions, tf.shape(mask))
        states = drop(tf.gather(rows, padded), dropout, seed)
        for layer in self.layers:
            states = layer(states, mask=mask)
        empty = (lengths == 0)[:, tf.newaxis]
        if self.pooling == "max":
            states = tf.reduce_max(tf.where(mask[:, :, tf.newaxis], states, states.dtype.min), axis=1)
        return tf.where(empty, 0.0, states)


def drop(values: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Drop out a share of the values, the same ones for the same seed int32 [2]."""
    return tf.nn.experimental.stateless_dropout(values, rate, seed=seed) if rate else values
