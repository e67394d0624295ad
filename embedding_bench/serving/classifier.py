"""Cleaning, vectorizer and network as one Keras model: raw text in, probabilities out."""

from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from embedding_bench.arrays import Integers, Matrix
from embedding_bench.artifacts.model import Weights
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.corpus.cleaning import clean
from embedding_bench.models.batching import Batch, Batcher, prepare
from embedding_bench.models.network import Network
from embedding_bench.models.ngrams import NgramRows
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tensorflow import keras, tf
from embedding_bench.tokens.vectorizers import text_vectorization

SETTINGS: TypeAdapter[EncoderSettings] = TypeAdapter(EncoderSettings)


@keras.saving.register_keras_serializable("embedding_bench")
class TextClassifier(keras.Model):  # type: ignore[misc]  # Keras has no types
    """Classifies raw texts: string [texts] -> probabilities of the classes, float32 [texts, classes].

    Args:
        vectorizer: Settings as in params.yaml.
        tokens: The tokens of rows 2, 3, ... of the embedding matrix; row 0 is padding, row 1 unknown.
        dimensions: Columns of the embedding matrix.
        encoder: Settings as in params.yaml.
        labels: Names of the classes.
        prior: Share of each class in train: the answer to a text without tokens.
        subwords: The pieces that words are split into, as JSON.
        aliases: Additional tokens, with the row that each shares.
        ngrams: How many n-grams of tokens have a row of their own.
        members: How many networks, each with a matrix, answer together, by the mean of their probabilities.
        keywords: Arguments of `keras.Model`.
    """

    def __init__(
        self,
        vectorizer: dict[str, Any],
        tokens: list[str],
        dimensions: int,
        encoder: dict[str, Any],
        labels: list[str],
        prior: list[float],
        subwords: str | None = None,
        aliases: dict[str, int] | None = None,
        ngrams: int = 0,
        members: int = 1,
        **keywords: Any,
    ) -> None:
        super().__init__(**keywords)
        self.vectorizer, self.subwords = Vectorizer.model_validate(vectorizer), subwords
        self.tokens, self.aliases, self.dimensions = tokens, dict(aliases or {}), dimensions
        self.settings, self.labels, self.prior = SETTINGS.validate_python(encoder), labels, prior
        self.vectorization = text_vectorization(self.vectorizer, [*tokens, *self.aliases], subwords)
        # The matrix row of each token id; an alias has an id of its own and the row of another token.
        self.remap = np.asarray([*range(2 + len(tokens)), *self.aliases.values()], dtype=np.int32)
        self.ngrams, self.rows = ngrams, 2 + len(tokens) + ngrams
        self.ngram_keys = self.add_weight((ngrams,), dtype="int64", name="ngram_keys", trainable=False)
        self.embeddings = [
            self.add_weight((self.rows, dimensions), name=f"embedding_{member}", initializer="zeros")
            for member in range(members)
        ]
        self.networks = [Network(self.settings, dimensions, len(labels)) for _ in range(members)]
        self.network_layers = [network.layers for network in self.networks]  # Keras saves layers that are attributes
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, which Keras saves."""
        return {
            **super().get_config(),
            "vectorizer": self.vectorizer.model_dump(),
            "tokens": list(self.tokens),
            "dimensions": self.dimensions,
            "encoder": self.settings.plain(),
            "labels": list(self.labels),
            "prior": list(self.prior),
            "subwords": self.subwords,
            "aliases": dict(self.aliases),
            "ngrams": self.ngrams,
            "members": len(self.networks),
        }

    def set_parameters(self, matrix: Matrix, weights: Weights, member: int = 0) -> None:
        """Set a member's matrix of the tokens, float32 [2 + tokens, dimensions], and its other weights by name."""
        if self.ngrams:
            self.ngram_keys.assign(weights["ngram_keys"])
            matrix = np.append(matrix, weights["ngrams"], axis=0)
        self.embeddings[member].assign(matrix)
        for variable in self.networks[member].weights:
            variable.assign(weights[variable.path])

    def call(self, texts: tf.Tensor) -> tf.Tensor:
        """Compute the probabilities of the classes, float32 [texts, classes]."""
        cleaned = _flat(tf.numpy_function(_clean, [texts], tf.string, stateful=False))
        ids = self.vectorization(cleaned)
        arrays = tf.numpy_function(self._batch, [ids.flat_values, ids.row_splits], [tf.int32] * 4, stateful=False)
        batch = Batch(*map(_flat, arrays))
        prior = tf.constant(self.prior)
        answers = [
            network.probabilities(matrix, batch, prior)
            for network, matrix in zip(self.networks, self.embeddings, strict=True)
        ]
        return tf.add_n(answers) / len(answers)

    def _batch(self, ids: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64]) -> tuple[Integers, ...]:
        """Make one batch of encoded texts, prepared as in training."""
        rows = prepare(Encoded(ids.astype(np.int32), offsets), self.remap, self.settings, self._ngram_rows())
        # A batcher per call, because calls come from several threads.
        return tuple(Batcher(self.rows).take(rows, np.arange(len(rows))))

    def _ngram_rows(self) -> NgramRows | None:
        longest = self.settings.longest_ngram
        return NgramRows(self.ngram_keys.numpy(), longest, 2 + len(self.tokens)) if longest else None


def _flat(array: tf.Tensor) -> tf.Tensor:
    return tf.ensure_shape(array, [None])


def _clean(texts: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return np.array([clean(text.decode("utf-8", "replace")).encode() for text in texts], dtype=object)
