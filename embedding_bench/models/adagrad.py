"""Row-wise Adagrad for an embedding matrix."""

import numpy as np

from embedding_bench.arrays import Floats
from embedding_bench.tensorflow import tf

EPSILON = 1e-20  # smaller than any relevant gradient


class RowwiseAdagrad:
    """Adagrad (Duchi, Hazan and Singer, 2011) with one accumulator per row, the sum of its mean squared gradients.

    The row-wise form comes from recommendation models (Mudigere et al., 2022, section 4.1.2). The steps of frequent
    words shrink, those of rare words stay large. Adam on the rows of a batch reaches the same accuracy in several times
    as many epochs, and keeps two more matrices.
    """

    def __init__(self, matrix: tf.Variable) -> None:
        self.matrix = matrix
        self.rates = tf.Variable(tf.zeros([matrix.shape[0], 1]), trainable=False)
        self.accumulators = tf.Variable(tf.zeros([matrix.shape[0], 1]), trainable=False)

    def reset(self, rates: Floats | float) -> None:
        """Start a replicate: set the learning rates, float32 [rows] or one for all, and all accumulators to zero."""
        self.rates.assign(np.broadcast_to(np.reshape(rates, (-1, 1)), self.rates.shape))
        self.accumulators.assign(tf.zeros_like(self.accumulators))

    def apply(self, rows: tf.Tensor, values: tf.Tensor, gradient: tf.Tensor) -> None:
        """Update distinct rows of the matrix.

        Args:
            rows: Their numbers, int32 [rows].
            values: Their current values, float32 [rows, dimensions].
            gradient: Of the same shape.
        """
        squares = tf.reduce_mean(tf.square(gradient), axis=1, keepdims=True)
        sums = tf.gather(self.accumulators, rows) + squares
        _write_rows(self.accumulators, rows, sums)
        # Not rsqrt, which differs between makers of processors, nor a division by a root alone, which becomes that.
        moved = values - tf.gather(self.rates, rows) / (tf.sqrt(sums) + EPSILON) * gradient
        # Copying rows takes a quarter of the time of subtracting from them in place.
        _write_rows(self.matrix, rows, moved)


def _write_rows(variable: tf.Variable, rows: tf.Tensor, values: tf.Tensor) -> None:
    """Replace rows of a variable or, where devices have a copy each, of the copy of the device that calls this."""
    tf.raw_ops.ResourceScatterUpdate(resource=variable.handle, indices=rows, updates=values)
