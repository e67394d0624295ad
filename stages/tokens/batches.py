"""Batches of texts through the tokenizer, on all cores, without Python work for each token."""

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stages.core.tensorflow import tf
from stages.tokens.vectorizers import Kind, split_tokens

Batch = tuple[list[bytes], npt.NDArray[np.int32], npt.NDArray[np.int64]]


def token_batches(kind: Kind, texts: Iterable[pa.StringArray]) -> Iterator[Batch]:
    """Yield, for each batch: its unique tokens, each token's place among them int32, and each text's length int64."""
    dataset = tf.data.Dataset.from_generator(
        lambda: (batch.to_numpy(zero_copy_only=False) for batch in texts),
        output_signature=tf.TensorSpec([None], tf.string),
    )
    tokenized = dataset.map(partial(_tokenize, kind), tf.data.AUTOTUNE).prefetch(2)
    for unique, positions, lengths in tokenized.as_numpy_iterator():
        yield unique.tolist(), positions, lengths


def _tokenize(kind: Kind, texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Cut only the different pieces between spaces into tokens: words repeat, and regular expressions are slow."""
    pieces = tf.strings.split(texts)
    different, which = tf.unique(pieces.flat_values)
    tokens = split_tokens(kind, different)
    unique, positions = tf.unique(tokens.flat_values)
    placed = tf.gather(tokens.with_flat_values(positions), which)
    begins = tf.gather(placed.row_splits, pieces.row_splits)
    return unique, placed.flat_values, begins[1:] - begins[:-1]
