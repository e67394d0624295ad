"""Text -> tokens -> ids in the TensorFlow graph, for every kind of vectorizer."""

from typing import Any

from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tensorflow import keras, tf
from embedding_bench.tokens.standardizers import standardize_characters, standardize_words
from embedding_bench.tokens.subwords import Subwords

STANDARDIZERS = {"words": standardize_words, "characters": standardize_characters, "subwords": standardize_words}


def split_units(kind: str, text: tf.Tensor) -> tf.RaggedTensor:
    """Split text into units, words or characters: string [texts] -> ragged string [texts, units]."""
    return tf.strings.split(STANDARDIZERS[kind](text))


@keras.saving.register_keras_serializable("embedding_bench")
class Splitter:
    """Splits text into tokens: string [texts] -> ragged string [texts, tokens]."""

    def __init__(self, vectorizer: Vectorizer, subwords: str | None = None) -> None:
        self.vectorizer, self.subwords = vectorizer, subwords
        self._subword_splitter = Subwords(subwords) if subwords else None

    def __call__(self, text: tf.Tensor) -> tf.RaggedTensor:
        """Split a batch of texts."""
        tokens = split_units(self.vectorizer.kind, text)
        if self._subword_splitter:
            tokens = _split_words(tokens, self._subword_splitter)
        if self.vectorizer.ngrams > 1:
            tokens = tf.strings.ngrams(tokens, tuple(range(1, self.vectorizer.ngrams + 1)), separator=" ")
        if self.vectorizer.buckets:
            tokens = tokens.with_flat_values(name_buckets(tokens.flat_values, self.vectorizer.buckets))
        return tokens

    def get_config(self) -> dict[str, Any]:
        """Return the configuration that Keras saves."""
        return {"vectorizer": self.vectorizer.model_dump(), "subwords": self.subwords}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Splitter":
        """Rebuild the splitter from its saved configuration."""
        return cls(Vectorizer.model_validate(config["vectorizer"]), config["subwords"])


def _split_words(words: tf.RaggedTensor, subwords: Subwords) -> tf.RaggedTensor:
    """Split words into subwords, in Python: TensorFlow has no operation for it."""
    pieces, sizes = tf.numpy_function(subwords.split, [words.flat_values], [tf.string, tf.int64], stateful=False)
    ends = tf.concat([[0], tf.cumsum(tf.ensure_shape(sizes, [None]))], axis=0)
    return tf.RaggedTensor.from_row_splits(tf.ensure_shape(pieces, [None]), tf.gather(ends, words.row_splits))


def name_buckets(tokens: tf.Tensor, buckets: int) -> tf.Tensor:
    """Hash tokens into named buckets by FarmHash Fingerprint64: string [tokens] -> string [tokens], such as ``#17``."""
    return tf.strings.join(["#", tf.strings.as_string(tf.strings.to_hash_bucket_fast(tokens, buckets))])


def text_vectorization(
    vectorizer: Vectorizer, vocabulary: list[str], subwords: str | None = None
) -> keras.layers.TextVectorization:
    """Build the layer: string [texts] -> ragged ids [texts, tokens]; id 1 is unknown, the vocabulary begins at 2."""
    return keras.layers.TextVectorization(
        standardize=None,
        split=Splitter(vectorizer, subwords),
        output_mode="int",
        ragged=True,
        vocabulary=vocabulary,
        name="vectorization",  # fixed: Keras numbers unnamed layers by process
    )
