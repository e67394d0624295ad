"""Convolutions over adjacent tokens (Kim, 2014)."""

from embedding_bench.models.batching import Batch
from embedding_bench.models.encoders.encoder import drop, largest, longest, padded
from embedding_bench.settings.encoders import CNNEncoder
from embedding_bench.tensorflow import keras, tf


class Convolutional:
    """Filters of several widths with ReLU, and max pooling over all windows of a text.

    Windows lie within their text. A text shorter than a window has one window, padded with zeros.
    """

    def __init__(self, settings: CNNEncoder, dimensions: int) -> None:
        self.widths = settings.widths
        self.features = settings.filters * len(settings.widths)
        self.layers = [
            keras.layers.Conv1D(settings.filters, width, activation="relu", name=f"width_{width}")
            for width in settings.widths
        ]
        for layer in self.layers:
            layer.build((None, None, dimensions))
        self.weights = [weight for layer in self.layers for weight in layer.weights]

    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Encode the texts of a batch, float32 [texts, filters x widths]."""
        values, mask = padded(vectors, batch, longest(batch, max(self.widths)))
        values = drop(tf.where(mask[:, :, tf.newaxis], values, 0.0), dropout, seed)
        maxima = []
        for width, layer in zip(self.widths, self.layers, strict=True):
            filtered = layer(values)
            windows = tf.maximum(batch.lengths - width + 1, 1)
            maxima.append(largest(filtered, tf.sequence_mask(windows, tf.shape(filtered)[1])))
        return tf.concat(maxima, axis=1)
