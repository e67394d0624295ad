"""Pooled vectors of whole splits, computed once if training does not move the matrix."""

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts.embedding import PADDING
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.models.batching import Batcher
from embedding_bench.models.encoders.pooling import Pooling
from embedding_bench.tensorflow import tf

CHUNK = 4096  # texts pooled at a time

Matrix = npt.NDArray[np.float32]


def pool(texts: dict[str, Encoded], matrix: Matrix, pooling: Pooling) -> tuple[dict[str, Encoded], Matrix]:
    """Replace each text by one token whose row is its pooled vector.

    Returns the texts by split and the new matrix, float32 [1 + all texts, dimensions]. Row 0 stays the padding. A text
    without tokens keeps none.
    """
    batcher = Batcher(len(matrix))
    vectors = np.empty((1 + sum(map(len, texts.values())), pooling.features), dtype=np.float32)
    vectors[0] = matrix[PADDING]
    pooled, start = {}, 1
    for name, encoded in texts.items():
        for begin in range(0, len(encoded), CHUNK):
            end = min(begin + CHUNK, len(encoded))
            batch = batcher.take(encoded, np.arange(begin, end))
            vectors[start + begin : start + end] = pooling.pool(tf.constant(matrix[batch.rows]), batch)
        present = np.diff(encoded.offsets) > 0
        ids = np.arange(start, start + len(encoded), dtype=np.int32)[present]
        pooled[name] = Encoded(ids, np.concatenate([[0], np.cumsum(present)]))
        start += len(encoded)
    return pooled, vectors
