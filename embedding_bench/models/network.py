"""The forward pass of training and of the served model: embedding rows, encoder, head and class prior."""

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.models.batching import Batch
from embedding_bench.models.encoders.build import build_encoder
from embedding_bench.models.encoders.encoder import drop
from embedding_bench.models.encoders.pooling import Pooling
from embedding_bench.models.head import Head
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.tensorflow import keras, tf

DRAWS = 3  # dropout seeds per forward pass


class Network:
    """Encoder and head, with weights from Keras' global seed."""

    def __init__(self, settings: EncoderSettings, dimensions: int, classes: int) -> None:
        self.encoder = build_encoder(settings, dimensions)
        self.head = Head(self.encoder.features, settings.hidden, classes)
        self.layers: list[keras.layers.Layer] = [*self.encoder.layers, *self.head.layers]
        self.weights: list[keras.Variable] = [*self.encoder.weights, *self.head.weights]

    def logits(
        self, vectors: tf.Tensor, batch: Batch, prior: tf.Tensor, dropout: float = 0.0, seed: tf.Tensor = (0, 0)
    ) -> tf.Tensor:
        """Compute the logits of a batch: float32 [texts, classes].

        Args:
            vectors: The rows `batch.rows` of the matrix, float32 [unique, dimensions].
            batch: Texts, as positions among those rows.
            prior: Share of each class in train, float32 [classes]: the prediction for a text without tokens.
            dropout: Rate of dropout; 0 outside training.
            seed: int32 [2]; its second number grows by DRAWS from one training batch to the next.
        """
        narrower = not dropout and self.head.width < vectors.shape[1]
        if narrower and isinstance(self.encoder, Pooling) and self.encoder.linear:
            # A linear pooling and a dense layer commute: projecting first pools fewer numbers per token.
            projected = self.encoder.pool(self.head.project(vectors), batch)
        else:
            features = self.encoder(vectors, batch, dropout, seed)
            projected = self.head.project(drop(features, dropout, seed + tf.constant([0, 1])))
        logits = self.head.finish(projected, dropout, seed + tf.constant([0, 2]))
        return tf.where((batch.lengths == 0)[:, tf.newaxis], tf.math.log(prior), logits)

    def probabilities(self, matrix: tf.Tensor, batch: Batch, prior: tf.Tensor) -> tf.Tensor:
        """Classify a batch with the embedding `matrix` float32 [vocabulary, dimensions]: float32 [texts, classes]."""
        # Not softmax, whose approximate reciprocals differ between makers of processors.
        return tf.exp(tf.nn.log_softmax(self.logits(tf.gather(matrix, batch.rows), batch, prior)))


def class_shares(labels: Labels, classes: int = 0) -> npt.NDArray[np.float32]:
    """Return the share of texts of each class, float32 [classes]: the network's prior."""
    shares: npt.NDArray[np.float32] = (np.bincount(labels, minlength=classes) / len(labels)).astype(np.float32)
    return shares
