"""Embedding matrix, encoder and softmax head, with the traced functions that train and apply them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stages.core.artifacts.model import Weights
from stages.core.settings import EncoderSettings, Tuning
from stages.core.tensorflow import keras, tf
from stages.models.adam import LazyAdam
from stages.models.batching import Batch
from stages.models.encoders import Encoder, build_encoder, drop, features_of, unique_rows

FLAT = tf.TensorSpec([None], tf.int32)


class Gradients(NamedTuple):
    """What one batch says: losses and logits by text, gradients of the dense weights and of some rows of the matrix."""

    losses: tf.Tensor
    logits: tf.Tensor
    dense: list[tf.Tensor]
    rows: tf.Tensor
    row_gradient: tf.Tensor | None


class Classifier:
    """A model that is built and traced once, and given new weights for every replicate.

    Raises:
        ValueError: From `reset`, where the matrix has another shape than the model.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        prior: npt.NDArray[np.float32],
        encoder: EncoderSettings,
        tuning: Tuning,
        balanced: bool = False,
    ) -> None:
        self.settings, self.tuning, self.prior = encoder, tuning, prior
        # As scikit-learn's "balanced": the weights of all texts of a class have the same sum.
        self.class_weights = 1 / (len(prior) * prior) if balanced else np.ones_like(prior)
        self.matrix = tf.Variable(tf.zeros(shape), trainable=tuning.trainable)
        self.encoder, self.head = self._build()
        self.dense = [*self.encoder.weights, *self.head.weights]
        self.optimizer = keras.optimizers.Adam(encoder.learning_rate)
        self.optimizer.build(self.dense)
        if tuning.trainable:
            self.lazy_adam = LazyAdam(self.matrix, tuning.learning_rate or encoder.learning_rate)

    def _build(self) -> tuple[Encoder, keras.layers.Layer]:
        dimensions = int(self.matrix.shape[1])
        encoder = build_encoder(self.settings, dimensions)
        head = keras.layers.Dense(len(self.prior), name="head")
        head.build((None, features_of(self.settings, dimensions)))
        return encoder, head

    def reset(self, matrix: npt.NDArray[np.float32], seed: int) -> None:
        """Begin a replicate: the initial matrix, encoder and head from `seed`, optimizers that remember nothing."""
        keras.utils.set_random_seed(seed)
        encoder, head = self._build()
        self.matrix.assign(matrix)
        for variable, initial in zip(self.dense, [*encoder.weights, *head.weights], strict=True):
            variable.assign(initial)
        for variable in self.optimizer.variables:
            if variable is not self.optimizer._learning_rate:
                variable.assign(np.zeros(variable.shape))
        if self.tuning.trainable:
            self.lazy_adam.reset()

    def _logits(
        self, rows: tf.Tensor, positions: tf.Tensor, lengths: tf.Tensor, dropout: float, seed: tf.Tensor
    ) -> tf.Tensor:
        features = self.encoder(rows, positions, lengths, dropout, seed)
        logits = self.head(drop(features, dropout, seed + 1))
        # A text without tokens says nothing: its answer is how often each class occurs in train.
        return tf.where((lengths == 0)[:, tf.newaxis], tf.math.log(self.prior), logits)

    @tf.function(input_signature=[FLAT, FLAT, FLAT, tf.TensorSpec([2], tf.int32)])
    def train_step(
        self, ids: tf.Tensor, lengths: tf.Tensor, labels: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Update the weights by one batch; return its summed loss and how many texts were right before the update."""
        found = self.gradients(ids, lengths, labels, seed)
        self.optimizer.apply(found.dense, self.dense)
        if found.row_gradient is not None:
            self.lazy_adam.apply(found.rows, found.row_gradient)
        right = tf.argmax(found.logits, axis=1, output_type=tf.int32) == labels
        return tf.reduce_sum(found.losses), tf.reduce_sum(tf.cast(right, tf.int32))

    def gradients(self, ids: tf.Tensor, lengths: tf.Tensor, labels: tf.Tensor, seed: tf.Tensor) -> Gradients:
        """Compute the gradients of a batch's mean weighted loss, those of the matrix for the batch's rows alone."""
        unique, positions = unique_rows(ids)
        rows = tf.gather(self.matrix, unique)
        weights = [weight.value for weight in self.dense]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([*weights, rows] if self.tuning.trainable else weights)
            logits = self._logits(rows, positions, lengths, self.settings.dropout, seed)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses * tf.gather(self.class_weights, labels))
        if not self.tuning.trainable:
            return Gradients(losses, logits, tape.gradient(loss, weights), unique, None)
        *dense, row_gradient = tape.gradient(loss, [*weights, rows])
        return Gradients(losses, logits, dense, unique, tf.convert_to_tensor(row_gradient))

    @tf.function(input_signature=[FLAT, FLAT])
    def _predict(self, ids: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        unique, positions = unique_rows(ids)
        logits = self._logits(tf.gather(self.matrix, unique), positions, lengths, 0.0, tf.zeros([2], tf.int32))
        return tf.nn.softmax(logits)

    def predict(self, batch: Batch) -> npt.NDArray[np.float32]:
        """Return the probabilities of a batch: float32 [texts, classes]."""
        probabilities: npt.NDArray[np.float32] = self._predict(batch.ids, batch.lengths).numpy()
        return probabilities

    def weights(self) -> Weights:
        """Copy the weights, by name; `embedding` only where training moves it."""
        named = {weight.path: weight.numpy() for weight in self.dense}
        return {"embedding": self.matrix.numpy(), **named} if self.tuning.trainable else named

    def restore(self, weights: Weights) -> None:
        """Put copied weights back."""
        if self.tuning.trainable:
            self.matrix.assign(weights["embedding"])
        for variable in self.dense:
            variable.assign(weights[variable.path])

    def parameters(self) -> int:
        """Count the trained parameters."""
        trained = sum(int(np.prod(variable.shape)) for variable in self.dense)
        return trained + (int(np.prod(self.matrix.shape)) if self.tuning.trainable else 0)
