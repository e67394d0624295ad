"""Recurrent encoders: LSTM and bidirectional LSTM."""

from embedding_bench.models.batching import Batch
from embedding_bench.models.encoders.encoder import drop, largest, longest, padded
from embedding_bench.settings.encoders import RecurrentEncoder
from embedding_bench.tensorflow import keras, tf


class Recurrent:
    """Keras' LSTM layers, followed by max pooling over all states or by the final states."""

    def __init__(self, settings: RecurrentEncoder, dimensions: int) -> None:
        self.pooling = settings.pooling
        self.layers = []
        self.features = dimensions
        for number, units in enumerate(settings.units, start=1):
            sequences = number < len(settings.units) or settings.pooling == "max"
            layer = keras.layers.LSTM(units, return_sequences=sequences, name=f"lstm_{number}")
            if settings.kind == "bilstm":
                layer = keras.layers.Bidirectional(layer, name=f"bilstm_{number}")
            layer.build((None, None, self.features))
            self.features = 2 * units if settings.kind == "bilstm" else units
            self.layers.append(layer)
        self.weights = [weight for layer in self.layers for weight in layer.weights]

    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Encode the texts of a batch, float32 [texts, features]; zeros for an empty text."""
        states, mask = padded(vectors, batch, longest(batch))
        states = drop(states, dropout, seed)
        for layer in self.layers:
            states = layer(states, mask=mask)
        if self.pooling == "max":
            states = largest(states, mask)
        return tf.where((batch.lengths == 0)[:, tf.newaxis], 0.0, states)
