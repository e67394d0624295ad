"""The dense layers that classify a text's vector."""

from embedding_bench.models.encoders.encoder import drop
from embedding_bench.tensorflow import keras, tf


class Head:
    """An optional hidden layer with ReLU, and a dense layer for the classes."""

    def __init__(self, features: int, hidden: int | None, classes: int) -> None:
        self.layers = [keras.layers.Dense(hidden, name="hidden")] if hidden else []
        self.layers.append(keras.layers.Dense(classes, name="head"))
        for layer in self.layers:
            layer.build((None, features))
            features = layer.units
        self.weights = [weight for layer in self.layers for weight in layer.weights]

    @property
    def width(self) -> int:
        """Units of the first layer."""
        return int(self.layers[0].units)

    def project(self, vectors: tf.Tensor) -> tf.Tensor:
        """Multiply by the first layer's weights, without its bias: float32 [any, features] -> [any, width]."""
        return tf.matmul(vectors, self.layers[0].kernel)

    def finish(self, projected: tf.Tensor, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Compute logits from the output of `project`: float32 [texts, width] -> [texts, classes]."""
        first, *others = self.layers
        values = projected + first.bias
        for layer in others:
            values = layer(drop(tf.nn.relu(values), dropout, seed))
        return values
