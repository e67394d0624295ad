"""Cleaning, vectorizer, embedding, encoder and head as one Keras model: raw text in, probabilities out."""

from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from embedding_bench.artifacts.embedding import PADDING
from embedding_bench.artifacts.model import Weights
from embedding_bench.corpus.cleaning import clean
from embedding_bench.models.batching import Batch
from embedding_bench.models.encoders.build import build_encoder
from embedding_bench.models.head import Head
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tensorflow import keras, tf
from embedding_bench.tokens.vectorizers import text_vectorization

SETTINGS: TypeAdapter[EncoderSettings] = TypeAdapter(EncoderSettings)


@keras.saving.register_keras_serializable("embedding_bench")
class TextClassifier(keras.Model):  # type: ignore[misc]  # Keras has no types
    """Raw texts, string [texts] -> probabilities of the classes, float32 [texts, classes].

    Texts are cleaned as the corpus was. A text without tokens gets `prior`, the share of each class in train.
    `vectorizer` and `encoder` are settings as params.yaml has them; `subwords` is what cuts words into pieces. `tokens`
    are those of rows 2, 3, ... of the embedding matrix; row 0 is padding, row 1 unknown. `aliases` are further tokens,
    with the row that each shares.
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
        **keywords: Any,
    ) -> None:
        super().__init__(**keywords)
        self.vectorizer, self.subwords = Vectorizer.model_validate(vectorizer), subwords
        self.tokens, self.aliases, self.dimensions = tokens, dict(aliases or {}), dimensions
        self.settings, self.labels, self.prior = SETTINGS.validate_python(encoder), labels, prior
        self.vectorization = text_vectorization(self.vectorizer, [*tokens, *self.aliases], subwords)
        # The row of each id: that of a token is the id itself.
        self.rows = np.asarray([*range(2 + len(tokens)), *self.aliases.values()], dtype=np.int32)
        self.embedding = self.add_weight((2 + len(tokens), dimensions), name="embedding", initializer="zeros")
        self.encode = build_encoder(self.settings, dimensions)
        self.encoder_layers = self.encode.layers  # Keras saves the layers that it finds in attributes
        self.head = Head(self.encode.features, self.settings.hidden, len(labels))
        self.head_layers = self.head.layers
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor, for Keras to save."""
        return {
            **super().get_config(),
            "vectorizer": self.vectorizer.model_dump(),
            "tokens": list(self.tokens),
            "dimensions": self.dimensions,
            "encoder": self.settings.model_dump(),
            "labels": list(self.labels),
            "prior": list(self.prior),
            "subwords": self.subwords,
            "aliases": dict(self.aliases),
        }

    def set_parameters(self, matrix: npt.NDArray[np.float32], weights: Weights) -> None:
        """Take the embedding matrix and the trained weights of the encoder and the head, by their paths there."""
        self.embedding.assign(matrix)
        for variable in [*self.encode.weights, *self.head.weights]:
            variable.assign(weights[variable.path])

    def call(self, texts: tf.Tensor) -> tf.Tensor:
        """Classify texts."""
        cleaned = tf.ensure_shape(tf.numpy_function(_clean, [texts], tf.string, stateful=False), [None])
        ids = self.vectorization(cleaned)[:, : self.settings.max_tokens]
        ids = ids.with_flat_values(tf.gather(self.rows, ids.flat_values))
        batch, seed = _batch(_distinct(ids) if self.settings.kind == "presence" else ids), tf.zeros([2], tf.int32)
        features = self.encode(tf.gather(self.embedding, batch.rows), batch, 0.0, seed)
        probabilities = tf.nn.softmax(self.head.finish(self.head.project(features), 0.0, seed))
        return tf.where((batch.lengths == 0)[:, tf.newaxis], tf.constant(self.prior), probabilities)


def _distinct(ids: tf.RaggedTensor) -> tf.RaggedTensor:
    """Keep each id of a text once."""
    rows = tf.cast(ids.flat_values, tf.int64)
    width = tf.reduce_max(tf.concat([[0], rows], axis=0)) + 1
    pairs, _ = tf.unique(ids.value_rowids() * width + rows)
    return tf.RaggedTensor.from_value_rowids(tf.cast(pairs % width, tf.int32), pairs // width, nrows=ids.nrows())


def _batch(ids: tf.RaggedTensor) -> Batch:
    """Make a batch of ragged ids int32 [texts, tokens] inside the graph."""
    rows, positions = tf.unique(tf.concat([[PADDING], ids.flat_values], axis=0))
    return Batch(rows, positions[1:], tf.cast(ids.value_rowids(), tf.int32), tf.cast(ids.row_lengths(), tf.int32))


def _clean(texts: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return np.array([clean(text.decode("utf-8", "replace")).encode() for text in texts], dtype=object)
