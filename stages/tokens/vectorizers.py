"""Text -> tokens -> ids, for every kind of vectorizer."""

from typing import Literal

from stages.core.tensorflow import keras, tf
from stages.tokens.standardizers import standardize_characters, standardize_words

Kind = Literal["words", "characters"]

STANDARDIZERS = {"words": standardize_words, "characters": standardize_characters}


def split_tokens(kind: Kind, text: tf.Tensor) -> tf.RaggedTensor:
    """Split text as the layer of `text_vectorization` does: string [texts] -> ragged string [texts, tokens]."""
    return tf.strings.split(STANDARDIZERS[kind](text))


def text_vectorization(kind: Kind, vocabulary: list[str]) -> keras.layers.TextVectorization:
    """Build the layer: string [texts] -> ragged ids [texts, tokens]; 1 is unknown, the vocabulary begins at 2."""
    return keras.layers.TextVectorization(
        standardize=STANDARDIZERS[kind],
        split="whitespace",
        output_mode="int",
        ragged=True,
        vocabulary=vocabulary,
        name="vectorization",  # Keras counts on where there is none
    )
