"""A fingerprint of how this machine computes: equal on two machines whose trainings give the same bytes."""

import hashlib
from typing import Any

import numpy as np
from scipy.linalg.blas import ddot, sgemm

from embedding_bench.arrays import Floats, Matrix

TEXTS, TOKENS, FEATURES = 64, 60, 64  # as large as a real batch: libraries split longer sums by the size of the cache


def canary() -> str:
    """Hash products, exponentials and a gradient of every library that trains vectors, baselines and variants.

    NumPy and SciPy bring an OpenBLAS each; TensorFlow has kernels of its own and of oneDNN.
    """
    rng = np.random.default_rng(0)
    texts = rng.normal(size=(TEXTS, TOKENS, FEATURES)).astype(np.float32)
    weights = rng.normal(size=(2 * FEATURES, 4 * FEATURES)).astype(np.float32)
    digest = hashlib.sha256()
    for values in (*_products(texts.reshape(-1, FEATURES), weights[:FEATURES]), *_gradients(texts, weights)):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:12]


def _products(values: Matrix, weights: Matrix) -> list[Floats]:
    doubles = values.astype(np.float64)
    return [
        values @ weights,
        doubles @ weights.astype(np.float64),
        sgemm(1.0, values, weights),
        ddot(doubles.ravel(), doubles.ravel()),
        np.exp(values),
        np.log1p(np.abs(doubles)),
    ]


def _gradients(values: Any, weights: Matrix) -> list[Any]:
    """Return the gradients of a convolution, an LSTM and a softmax over [texts, tokens, features]."""
    from embedding_bench.models.encoders.recurrent import run_lstm
    from embedding_bench.tensorflow import tf

    inputs = [tf.constant(values), tf.constant(weights)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        windows = tf.nn.conv1d(inputs[0], tf.reshape(inputs[1], [2, FEATURES, -1]), 1, "VALID")
        states = run_lstm(inputs[0], inputs[1], tf.zeros(4 * FEATURES))
        logits = tf.concat([tf.reduce_max(tf.nn.relu(windows), axis=1), states[:, -1]], axis=1)
        loss = tf.reduce_mean(tf.nn.log_softmax(logits)[:, 0])
    gradients: list[Any] = tape.gradient(loss, inputs)
    return gradients
