"""A network with its embedding matrix and optimizers, and the traced functions for training and prediction."""

from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Floats, Labels, Matrix, Probabilities
from embedding_bench.artifacts.model import Weights
from embedding_bench.models.adagrad import RowwiseAdagrad
from embedding_bench.models.batching import Batch, Packed
from embedding_bench.models.network import DRAWS, Network
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.tensorflow import keras, tf

FLAT = tf.TensorSpec([None], tf.int32)
BATCH = Batch(FLAT, FLAT, FLAT, FLAT)
SEED = tf.TensorSpec([2], tf.int32)
PACKED = Packed(FLAT, FLAT, FLAT, FLAT, tf.TensorSpec([None, 4], tf.int32))


class Gradients(NamedTuple):
    """Losses and logits by text, gradients of the dense weights, and gradients of the batch's embedding rows."""

    losses: tf.Tensor
    logits: tf.Tensor
    dense: list[tf.Tensor]
    rows: tf.Tensor | None

    def measured(self, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the sum of the losses, and the number of correct predictions."""
        predicted = tf.argmax(self.logits, axis=1, output_type=tf.int32)
        return tf.reduce_sum(self.losses), tf.math.count_nonzero(predicted == labels, dtype=tf.int32)


def take(packed: Packed, labels: tf.Tensor, number: tf.Tensor) -> tuple[Batch, tf.Tensor]:
    """Return a batch of a packed sequence, by number, and its part of the labels of all."""
    begin, end = packed.ends[number], packed.ends[number + 1]
    batch = Batch(*(part[begin[column] : end[column]] for column, part in enumerate(packed[:4])))
    return batch, labels[begin[3] : end[3]]


class Classifier:
    """A model that is built and traced once, and reset for every replicate.

    Args:
        shape: Rows and dimensions of the embedding matrix.
        prior: Share of each class in train, float32 [classes].
        encoder: Settings of the encoder, with those of its training.
        movable: How many rows of the matrix are trained.
        balanced: Give all classes the same total weight.

    Raises:
        ValueError: From `reset`, if the matrix has another shape than the model.
    """

    devices = 1

    def __init__(
        self,
        shape: tuple[int, int],
        prior: npt.NDArray[np.float32],
        encoder: EncoderSettings,
        movable: int,
        balanced: bool = False,
    ) -> None:
        self.settings, self.balanced, self.classes = encoder, balanced, len(prior)
        self.prior, self.class_weights = tf.Variable(prior), tf.Variable(np.ones_like(prior))
        self.set_prior(prior)
        self.matrix, self.movable = tf.Variable(tf.zeros(shape), trainable=movable > 0), movable
        self.network = self._build()
        self.dense = self.network.weights
        self.optimizer = keras.optimizers.Adam(encoder.learning_rate)
        self.optimizer.build(self.dense)
        if movable:
            self.adagrad = RowwiseAdagrad(self.matrix)
        # Traced when first called: most variants need only one of them.
        self._loops = {
            moving: tf.function(partial(self._loop, moving), input_signature=[PACKED, FLAT, SEED])
            for moving in (False, True)
        }

    def _build(self) -> Network:
        return Network(self.settings, int(self.matrix.shape[1]), self.classes)

    def set_prior(self, prior: npt.NDArray[np.float32]) -> None:
        """Set the share of each class in train, float32 [classes]."""
        self.prior.assign(prior)
        if self.balanced:  # as in scikit-learn: the weights of a class have the same sum for all classes
            self.class_weights.assign(1 / (self.classes * prior))

    def reset(self, matrix: Matrix, seed: int, rates: Floats | float = 0.0) -> None:
        """Start a replicate: set the initial matrix, draw encoder and head from `seed`, and reset the optimizers.

        `rates` are the learning rates of the rows of a movable matrix, float32 [rows], or one for all.
        """
        keras.utils.set_random_seed(seed)
        initial = self._build()
        self.matrix.assign(matrix)
        for variable, value in zip(self.dense, initial.weights, strict=True):
            variable.assign(value)
        for variable in self.optimizer.variables:
            if variable is not self.optimizer._learning_rate:
                variable.assign(np.zeros(variable.shape))
        if self.movable:
            self.adagrad.reset(rates)

    def train(self, packed: Packed, labels: Labels, seed: tuple[int, int], released: bool = True) -> tuple[float, int]:
        """Update the weights batch by batch, and the matrix if it is movable and `released`.

        Dropout draws from `seed`, whose second number grows by DRAWS per batch.

        Returns:
            The summed loss of all texts in nats, and the number of correct predictions; both are computed before the
            update of each batch.
        """
        loop = self._loops[self.movable > 0 and released]
        loss, correct = loop(packed, labels, np.asarray(seed, np.int32))
        return float(loss), int(correct)

    def _loop(self, moving: bool, packed: Packed, labels: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss, correct = 0.0, 0
        # A loop inside the graph, because a call per batch costs more than a small batch itself.
        for number in tf.range(tf.shape(packed.ends)[0] - 1):
            batch, targets = take(packed, labels, number)
            losses, hits = self._step(batch, targets, seed, moving).measured(targets)
            loss += losses
            correct += hits
            seed += [0, DRAWS]
        return loss, correct

    def _step(self, batch: Batch, labels: tf.Tensor, seed: tf.Tensor, moving: bool) -> Gradients:
        vectors = tf.gather(self.matrix, batch.rows)
        gradients = self.gradients(vectors, batch, labels, tf.size(labels), seed, moving)
        self.optimizer.apply(gradients.dense, self.dense)
        if gradients.rows is not None:
            self.adagrad.apply(batch.rows, vectors, gradients.rows)
        return gradients

    def gradients(
        self, vectors: tf.Tensor, batch: Batch, labels: tf.Tensor, texts: tf.Tensor, seed: tf.Tensor, moving: bool
    ) -> Gradients:
        """Compute the gradients of a batch's weighted loss, divided by a number of `texts`: its own, for the mean.

        Those of its rows, `vectors`, only if `moving`.
        """
        weights = [weight.value for weight in self.dense]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([*weights, vectors] if moving else weights)
            logits = self.network.logits(vectors, batch, self.prior, self.settings.dropout, seed)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_sum(losses * tf.gather(self.class_weights, labels)) / tf.cast(texts, tf.float32)
        if not moving:
            return Gradients(losses, logits, tape.gradient(loss, weights), None)
        *dense, rows = tape.gradient(loss, [*weights, vectors])
        return Gradients(losses, logits, dense, tf.convert_to_tensor(rows))

    @tf.function(input_signature=[BATCH])
    def _predict(self, batch: Batch) -> tf.Tensor:
        return self.network.probabilities(self.matrix, batch, self.prior)

    def predict(self, batch: Batch) -> Probabilities:
        """Return the probabilities of a batch: float32 [texts, classes]."""
        probabilities: Probabilities = self._predict(batch).numpy()
        return probabilities

    def weights(self) -> Weights:
        """Copy the weights by name; `embedding` only if training moves it."""
        named = {weight.path: weight.numpy() for weight in self.dense}
        return {"embedding": self.matrix.numpy(), **named} if self.movable else named

    def restore(self, weights: Weights) -> None:
        """Restore copied weights."""
        if self.movable:
            self.matrix.assign(weights["embedding"])
        for variable in self.dense:
            variable.assign(weights[variable.path])

    def parameters(self) -> int:
        """Count the trained parameters."""
        trained = sum(int(np.prod(variable.shape)) for variable in self.dense)
        return trained + self.movable * int(self.matrix.shape[1])
