"""Recurrent encoders: LSTM and bidirectional LSTM (Hochreiter and Schmidhuber, 1997; Graves and Schmidhuber, 2005)."""

import numpy as np

from embedding_bench.arrays import Matrix
from embedding_bench.models.batching import Batch
from embedding_bench.models.encoders.encoder import drop, largest, longest, padded
from embedding_bench.settings.encoders import RecurrentEncoder
from embedding_bench.tensorflow import keras, tf


class Recurrent:
    """Layers of LSTMs, followed by max pooling over all states or by the final states.

    Keras' layers hold the weights. On a CPU TensorFlow's kernel for whole sequences runs them, faster than Keras' loop
    over tokens; on a GPU Keras calls cuDNN.
    """

    def __init__(self, settings: RecurrentEncoder, dimensions: int) -> None:
        self.pooling, self.both = settings.pooling, settings.kind == "bilstm"
        self.fused = not tf.config.list_physical_devices("GPU")
        self.layers = []
        self.features = dimensions
        for number, units in enumerate(settings.units, start=1):
            sequences = number < len(settings.units) or settings.pooling == "max"
            layer = keras.layers.LSTM(
                units, return_sequences=sequences, recurrent_initializer="zeros", name=f"lstm_{number}"
            )
            if self.both:
                layer = keras.layers.Bidirectional(layer, name=f"bilstm_{number}")
            layer.build((None, None, self.features))
            for direction in [layer.forward_layer, layer.backward_layer] if self.both else [layer]:
                direction.cell.recurrent_kernel.assign(_orthogonal(units))
            self.features = 2 * units if self.both else units
            self.layers.append(layer)
        self.weights = [weight for layer in self.layers for weight in layer.weights]

    def __call__(self, vectors: tf.Tensor, batch: Batch, dropout: float, seed: tf.Tensor) -> tf.Tensor:
        """Encode the texts of a batch, float32 [texts, features]; zeros for an empty text."""
        states, mask = padded(vectors, batch, longest(batch))
        states = drop(states, dropout, seed)
        for layer in self.layers:
            states = self._fused(layer, states, batch.lengths) if self.fused else layer(states, mask=mask)
        if self.pooling == "max":
            states = largest(states, mask)
        return tf.where((batch.lengths == 0)[:, tf.newaxis], 0.0, states)

    def _fused(self, layer: keras.layers.Layer, values: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        """Return what Keras' layer does: all states, meaningless after the end of a text, or the final ones."""
        if not self.both:
            states = _run(layer.cell, values)
            return states if layer.return_sequences else _final(states, lengths)
        forward = _run(layer.forward_layer.cell, values)
        backward = _run(layer.backward_layer.cell, tf.reverse_sequence(values, lengths, seq_axis=1))
        if not layer.return_sequences:
            return tf.concat([_final(forward, lengths), _final(backward, lengths)], axis=1)
        return tf.concat([forward, tf.reverse_sequence(backward, lengths, seq_axis=1)], axis=2)


def _orthogonal(units: int) -> Matrix:
    """Draw an orthogonal matrix (Saxe et al., 2014), float32 [units, 4 x units], as Keras does by default.

    Keras factorises by TensorFlow, in blocks that depend on the cache of the processor.
    """
    drawn = keras.ops.convert_to_numpy(keras.random.normal((4 * units, units))).astype(np.float64)
    orthogonal, triangular = np.linalg.qr(drawn)
    kernel: Matrix = (orthogonal * np.sign(np.diag(triangular))).T.astype(np.float32)
    return kernel


def _run(cell: keras.layers.LSTMCell, values: tf.Tensor) -> tf.Tensor:
    return run_lstm(values, tf.concat([cell.kernel, cell.recurrent_kernel], axis=0), cell.bias)


def run_lstm(values: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Run an LSTM over each text: float32 [texts, steps, features] -> its states [texts, steps, units].

    `weights` float32 [features + units, 4 x units] and `bias` [4 x units] have Keras' order of gates.
    """
    units = bias.shape[0] // 4
    nothing, peephole = tf.zeros([tf.shape(values)[0], units]), tf.zeros([units])
    states = tf.raw_ops.BlockLSTM(  # not BlockLSTMV2, whose gradient is that of this one, in another order of gates
        seq_len_max=tf.shape(values, out_type=tf.int64)[1],
        x=tf.transpose(values, [1, 0, 2]),
        cs_prev=nothing,
        h_prev=nothing,
        w=_reorder(weights),
        wci=peephole,
        wcf=peephole,
        wco=peephole,
        b=_reorder(bias),
        forget_bias=0.0,  # Keras has it in its bias
        cell_clip=-1.0,
    ).h
    return tf.transpose(states, [1, 0, 2])


def _reorder(weights: tf.Tensor) -> tf.Tensor:
    """Bring the gates from Keras' order to the kernel's: input, cell, forget, output."""
    inner, forget, cell, outer = tf.split(weights, 4, axis=-1)
    return tf.concat([inner, cell, forget, outer], axis=-1)


def _final(states: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Return the state after each text's last token: float32 [texts, units]."""
    return tf.gather(states, tf.maximum(lengths - 1, 0), axis=1, batch_dims=1)
