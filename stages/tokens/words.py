"""Words and punctuation as GloVe's tokens separate them, inside the TensorFlow graph."""

from stages.core.tensorflow import keras, tf

# The first alternative that fits wins: contractions, dotted abbreviations, numbers, words, runs of dots and dashes,
# and any other sign alone. Hyphens part words: most compounds have no vector of their own.
TOKEN = (
    r"(n't|'(?:s|re|ve|ll|d|m)\b|(?:\p{L}\.){2,}|\p{N}+(?:[.,:]\p{N}+)+"
    r"|[\p{L}\p{M}\p{N}]+|\.{2,}|-{2,}|[^\s])"
)
CONTRACTION = r"(n't|'(?:s|re|ve|ll|d|m))\b"
# Written so that U+0085 and other separators part tokens, which only ASCII white space would.
SEPARATOR = r"[\p{Z}\p{Cc}]+"


@keras.saving.register_keras_serializable("embedding_bench")
def standardize_words(text: tf.Tensor) -> tf.Tensor:
    """Lower-case Unicode text and put a space around every token: string of any shape -> string of that shape.

    Contractions, abbreviations and numbers are cut as in GloVe's vocabulary (``don't`` -> ``do n't``, ``u.s.``,
    ``1,000.5``), which the Stanford tokenizer made. Compounds are parted (``well-known`` -> ``well - known``), although
    GloVe knows some of them whole: so 99.6 % of AG News' tokens have a vector, else 99.3 %.
    """
    text = tf.strings.regex_replace(text, SEPARATOR, " ")  # first: `lower` drops what stands behind a NUL
    text = tf.strings.lower(text, encoding="utf-8")
    text = tf.strings.regex_replace(text, "[\u2018\u2019\u0060\u00b4]", "'")
    text = tf.strings.regex_replace(text, "[\u201c\u201d]", '"')
    text = tf.strings.regex_replace(text, "[.]{2,}|\u2026", " ... ")
    text = tf.strings.regex_replace(text, CONTRACTION, r" \1 ")
    return tf.strings.regex_replace(text, TOKEN, r" \1 ")


def word_vectorization(vocabulary: list[str] | None = None) -> keras.layers.TextVectorization:
    """Build the layer: string [texts] -> ragged ids [texts, tokens]; 1 is unknown, known words begin at 2.

    Without a vocabulary the layer standardises and splits only through `split_words`.
    """
    return keras.layers.TextVectorization(
        standardize=standardize_words, split="whitespace", output_mode="int", ragged=True, vocabulary=vocabulary
    )


def split_words(text: tf.Tensor) -> tf.RaggedTensor:
    """Split text as the layer of `word_vectorization` does: string [texts] -> ragged string [texts, tokens]."""
    return tf.strings.split(standardize_words(text))
