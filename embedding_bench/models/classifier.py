"""Embedding matrix, encoder and softmax head, with the traced functions that train and apply them."""

from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts.model import Weights
from embedding_bench.models.adagrad import RowwiseAdagrad
from embedding_bench.models.batching import Batch, Packed
from embedding_bench.models.encoders.build import build_encoder
from embedding_bench.models.encoders.encoder import Encoder, drop
from embedding_bench.models.encoders.pooling import Pooling
from embedding_bench.models.head import Head
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.settings.tuning import Tuning
from embedding_bench.tensorflow import keras, tf

FLAT = tf.TensorSpec([None], tf.int32)
BATCH = Batch(FLAT, FLAT, FLAT, FLAT)
SEED = tf.TensorSpec([2], tf.int32)
DRAWS = 3  # of dropout in a step
PACKED = Packed(FLAT, FLAT, FLAT, FLAT, tf.TensorSpec([None, 4], tf.int32))


class Gradients(NamedTuple):
    """What one batch says: losses and logits by text, gradients of the dense weights and of the batch's rows."""

    losses: tf.Tensor
    logits: tf.Tensor
    dense: list[tf.Tensor]
    rows: tf.Tensor | None


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
        self.settings, self.tuning, self.balanced, self.classes = encoder, tuning, balanced, len(prior)
        self.prior, self.class_weights = tf.Variable(prior), tf.Variable(np.ones_like(prior))
        self.expect(prior)
        self.matrix = tf.Variable(tf.zeros(shape), trainable=tuning.trainable)
        self.encoder, self.head = self._build()
        self.dense = [*self.encoder.weights, *self.head.weights]
        self.optimizer = keras.optimizers.Adam(encoder.learning_rate)
        self.optimizer.build(self.dense)
        if tuning.learning_rate is not None:
            self.adagrad = RowwiseAdagrad(self.matrix, tuning.learning_rate)
        # Traced when first called: most variants need only one of them.
        self._loops = {
            moving: tf.function(partial(self._loop, moving), input_signature=[PACKED, FLAT, SEED])
            for moving in (False, True)
        }

    def _build(self) -> tuple[Encoder, Head]:
        encoder = build_encoder(self.settings, int(self.matrix.shape[1]))
        return encoder, Head(encoder.features, self.settings.hidden, self.classes)

    def expect(self, prior: npt.NDArray[np.float32]) -> None:
        """Say how often each class occurs in train, float32 [classes]: what texts without tokens are answered with."""
        self.prior.assign(prior)
        if self.balanced:  # as in scikit-learn: the weights of all texts of a class have the same sum
            self.class_weights.assign(1 / (self.classes * prior))

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
            self.adagrad.reset()

    def _logits(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        narrower = not dropout and self.head.width < vectors.shape[1]
        if narrower and isinstance(self.encoder, Pooling) and self.encoder.linear:
            # Averaging and a dense layer may change places: then the narrower vectors go through all tokens.
            projected = self.encoder.pool(self.head.project(vectors), batch)
        else:
            features = self.encoder(vectors, batch, dropout, seed)
            projected = self.head.project(drop(features, dropout, seed + tf.constant([0, 1])))
        logits = self.head.finish(projected, dropout, seed + tf.constant([0, 2]))
        # A text without tokens says nothing: its answer is how often each class occurs in train.
        return tf.where((batch.lengths == 0)[:, tf.newaxis], tf.math.log(self.prior), logits)

    def _loop(self, moving: bool, packed: Packed, labels: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss, right, begin = 0.0, 0, packed.ends[0]
        # A loop inside the graph: a call for each batch would cost more than a small batch itself.
        for end in packed.ends[1:]:
            batch = Batch(*(part[begin[number] : end[number]] for number, part in enumerate(packed[:4])))
            answers = labels[begin[3] : end[3]]
            found = self._step(batch, answers, seed, moving)
            loss += tf.reduce_sum(found.losses)
            right += tf.math.count_nonzero(
                tf.argmax(found.logits, axis=1, output_type=tf.int32) == answers, dtype=tf.int32
            )
            seed += [0, DRAWS]
            begin = end
        return loss, right

    def train(
        self, packed: Packed, labels: npt.NDArray[np.int32], seed: tuple[int, int], released: bool = True
    ) -> tuple[float, int]:
        """Update the weights batch by batch, those of a trainable embedding where it is `released`.

        Dropout draws from `seed`, whose second number grows by DRAWS a batch.

        Returns the summed loss of all texts, and how many were right, each before its batch's update.
        """
        loop = self._loops[self.tuning.trainable and released]
        loss, right = loop(packed, labels, np.asarray(seed, np.int32))
        return float(loss), int(right)

    def _step(self, batch: Batch, labels: tf.Tensor, seed: tf.Tensor, moving: bool) -> Gradients:
        vectors = tf.gather(self.matrix, batch.rows)
        found = self.gradients(vectors, batch, labels, seed, moving)
        self.optimizer.apply(found.dense, self.dense)
        if found.rows is not None:
            self.adagrad.apply(batch.rows, vectors, found.rows)
        return found

    def gradients(
        self, vectors: tf.Tensor, batch: Batch, labels: tf.Tensor, seed: tf.Tensor, moving: bool
    ) -> Gradients:
        """Compute the gradients of a batch's mean weighted loss; those of `vectors`, its rows, only where `moving`."""
        weights = [weight.value for weight in self.dense]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([*weights, vectors] if moving else weights)
            logits = self._logits(vectors, batch, self.settings.dropout, seed)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses * tf.gather(self.class_weights, labels))
        if not moving:
            return Gradients(losses, logits, tape.gradient(loss, weights), None)
        *dense, rows = tape.gradient(loss, [*weights, vectors])
        return Gradients(losses, logits, dense, tf.convert_to_tensor(rows))

    @tf.function(input_signature=[BATCH])
    def _predict(self, batch: Batch) -> tf.Tensor:
        return tf.nn.softmax(self._logits(tf.gather(self.matrix, batch.rows), batch, 0.0, tf.zeros([2], tf.int32)))

    def predict(self, batch: Batch) -> npt.NDArray[np.float32]:
        """Return the probabilities of a batch: float32 [texts, classes]."""
        probabilities: npt.NDArray[np.float32] = self._predict(batch).numpy()
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
