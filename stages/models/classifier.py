"""Embedding matrix, encoder and softmax head, with the traced functions that train and apply them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stages.core.artifacts.model import Weights
from stages.core.settings import EncoderSettings, Tuning
from stages.core.tensorflow import keras, tf
from stages.models.adagrad import RowwiseAdagrad
from stages.models.batching import Batch, Packed
from stages.models.encoders import Encoder, Mean, build_encoder, drop, features_of

FLAT = tf.TensorSpec([None], tf.int32)
BATCH = Batch(FLAT, FLAT, FLAT, FLAT)
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
        self.settings, self.tuning, self.prior = encoder, tuning, prior
        # As scikit-learn's "balanced": the weights of all texts of a class have the same sum.
        self.class_weights = 1 / (len(prior) * prior) if balanced else np.ones_like(prior)
        self.matrix = tf.Variable(tf.zeros(shape), trainable=tuning.trainable)
        self.encoder, self.head = self._build()
        self.dense = [*self.encoder.weights, *self.head.weights]
        self.optimizer = keras.optimizers.Adam(encoder.learning_rate)
        self.optimizer.build(self.dense)
        if tuning.learning_rate is not None:
            self.adagrad = RowwiseAdagrad(self.matrix, tuning.learning_rate)

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
            self.adagrad.reset()

    def _logits(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        if isinstance(self.encoder, Mean) and not dropout and len(self.prior) < vectors.shape[1]:
            # Averaging and a dense layer may change places: then the narrower vectors go through all tokens.
            logits = self.encoder(tf.matmul(vectors, self.head.kernel), batch, 0.0, seed) + self.head.bias
        else:
            logits = self.head(drop(self.encoder(vectors, batch, dropout, seed), dropout, seed + 1))
        # A text without tokens says nothing: its answer is how often each class occurs in train.
        return tf.where((batch.lengths == 0)[:, tf.newaxis], tf.math.log(self.prior), logits)

    @tf.function(input_signature=[PACKED, FLAT, tf.TensorSpec([2], tf.int32)])
    def _train(self, packed: Packed, labels: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss, right, begin = 0.0, 0, packed.ends[0]
        # A loop inside the graph: a call for each batch would cost more than a small batch itself.
        for end in packed.ends[1:]:
            batch = Batch(*(part[begin[number] : end[number]] for number, part in enumerate(packed[:4])))
            answers = labels[begin[3] : end[3]]
            found = self._step(batch, answers, seed)
            loss += tf.reduce_sum(found.losses)
            right += tf.math.count_nonzero(
                tf.argmax(found.logits, axis=1, output_type=tf.int32) == answers, dtype=tf.int32
            )
            seed += [0, 2]  # two draws of dropout a step
            begin = end
        return loss, right

    def train(self, packed: Packed, labels: npt.NDArray[np.int32], seed: tuple[int, int]) -> tuple[float, int]:
        """Update the weights batch by batch; dropout draws from `seed`, whose second number grows by 2 a batch.

        Returns the summed loss of all texts, and how many were right, each before its batch's update.
        """
        loss, right = self._train(packed, labels, np.asarray(seed, np.int32))
        return float(loss), int(right)

    def _step(self, batch: Batch, labels: tf.Tensor, seed: tf.Tensor) -> Gradients:
        vectors = tf.gather(self.matrix, batch.rows)
        found = self.gradients(vectors, batch, labels, seed)
        self.optimizer.apply(found.dense, self.dense)
        if found.rows is not None:
            self.adagrad.apply(batch.rows, vectors, found.rows)
        return found

    def gradients(self, vectors: tf.Tensor, batch: Batch, labels: tf.Tensor, seed: tf.Tensor) -> Gradients:
        """Compute the gradients of a batch's mean weighted loss; `vectors` are its rows of the matrix."""
        weights = [weight.value for weight in self.dense]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([*weights, vectors] if self.tuning.trainable else weights)
            logits = self._logits(vectors, batch, self.settings.dropout, seed)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses * tf.gather(self.class_weights, labels))
        if not self.tuning.trainable:
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
