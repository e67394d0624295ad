import numpy as np
import pytest

from embedding_bench.models.adagrad import RowwiseAdagrad
from embedding_bench.tensorflow import keras, tf

STEPS = [([0, 2], [[1.0], [-2.0]]), ([2], [[0.5]]), ([0, 1, 2], [[0.1], [3.0], [-1.0]])]


def rowwise(matrix, rates=0.1):
    adagrad = RowwiseAdagrad(matrix)
    adagrad.reset(rates)
    return adagrad


def test_with_one_dimension_it_is_adagrad():
    """A row of one number has its own accumulator, as every weight has in Keras' Adagrad."""
    start = np.asarray([[0.5], [1.0], [-1.0]], np.float32)
    ours, theirs = tf.Variable(start), keras.Variable(start)
    adagrad = rowwise(ours)
    keras_adagrad = keras.optimizers.Adagrad(0.1, initial_accumulator_value=0.0, epsilon=1e-12)
    keras_adagrad.build([theirs])
    for rows, gradient in STEPS:
        adagrad.apply(tf.constant(rows), tf.gather(ours, rows), tf.constant(gradient))
        dense = np.zeros_like(start)
        dense[rows] = gradient
        keras_adagrad.apply([tf.constant(dense)])
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-5)


def test_a_row_moves_by_its_own_mean_square_and_others_stay():
    matrix = tf.Variable(tf.zeros([3, 2]))
    adagrad = rowwise(matrix)
    gradient = np.asarray([[3.0, -4.0]], np.float32)
    for _ in range(2):
        adagrad.apply(tf.constant([1]), tf.gather(matrix, [1]), tf.constant(gradient))
    square = (gradient**2).mean()
    expected = -0.1 * gradient / np.sqrt(square) - 0.1 * gradient / np.sqrt(2 * square)
    np.testing.assert_allclose(matrix.numpy(), [[0, 0], expected[0], [0, 0]], rtol=1e-5)


@pytest.mark.parametrize("scale", [1e-9, 1.0])
def test_the_first_step_has_the_learning_rates_size_whatever_the_gradients(scale):
    matrix = tf.Variable(tf.zeros([2, 2]))
    rowwise(matrix).apply(tf.constant([0]), tf.zeros([1, 2]), tf.constant([[scale, -scale]]))
    np.testing.assert_allclose(matrix.numpy(), [[-0.1, 0.1], [0, 0]], rtol=1e-2)


def test_a_row_without_gradient_stays():
    matrix = tf.Variable(tf.ones([2, 2]))
    rowwise(matrix).apply(tf.constant([0]), tf.ones([1, 2]), tf.zeros([1, 2]))
    np.testing.assert_array_equal(matrix.numpy(), np.ones((2, 2)))


def test_each_row_has_its_own_learning_rate():
    matrix = tf.Variable(tf.zeros([3, 2]))
    rowwise(matrix, np.asarray([0.1, 0.0, 0.4], np.float32)).apply(
        tf.constant([0, 1, 2]), tf.zeros([3, 2]), tf.ones([3, 2])
    )
    np.testing.assert_allclose(matrix.numpy(), [[-0.1, -0.1], [0, 0], [-0.4, -0.4]], rtol=1e-5)
