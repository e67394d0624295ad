"""Adam for an embedding matrix, of which a batch touches few rows."""

from stages.core.tensorflow import tf


class LazyAdam:
    """Adam (Kingma and Ba, 2015) that updates only the rows of a batch, and the moments of those rows.

    A row that a batch does not use keeps its value; Keras' Adam would let its momentum move it on.
    """

    def __init__(
        self,
        matrix: tf.Variable,
        learning_rate: float,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
    ) -> None:
        self.matrix = matrix
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self.first = tf.Variable(tf.zeros(matrix.shape), trainable=False)
        self.second = tf.Variable(tf.zeros(matrix.shape), trainable=False)
        self.step = tf.Variable(0.0, trainable=False)

    def reset(self) -> None:
        """Forget everything, for the next replicate."""
        for variable in (self.first, self.second, self.step):
            variable.assign(tf.zeros_like(variable))

    def apply(self, rows: tf.Tensor, gradient: tf.Tensor) -> None:
        """Update the rows int32 [rows], each named once, by their gradient float32 [rows, dimensions]."""
        step = self.step.assign_add(1.0)
        first = self.beta_1 * tf.gather(self.first, rows) + (1 - self.beta_1) * gradient
        second = self.beta_2 * tf.gather(self.second, rows) + (1 - self.beta_2) * tf.square(gradient)
        self.first.scatter_update(tf.IndexedSlices(first, rows))
        self.second.scatter_update(tf.IndexedSlices(second, rows))
        rate = self.learning_rate * tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        self.matrix.scatter_sub(tf.IndexedSlices(rate * first / (tf.sqrt(second) + self.epsilon), rows))
