"""One training on several devices, each with a share of every batch (synchronous data parallelism)."""

from functools import cache
from typing import Any

from embedding_bench.core.errors import UserError
from embedding_bench.models.batching import Packed
from embedding_bench.models.classifier import Classifier, take
from embedding_bench.models.network import DRAWS
from embedding_bench.tensorflow import tf


class DataParallelClassifier(Classifier):
    """A classifier with a copy of its weights on each device, by TensorFlow's MirroredStrategy.

    What is packed for it has a batch for each device, next to each other. Gradients are summed over them, so that all
    copies make the step of the whole batch: those of dense weights by Keras' optimizer, those of embedding rows, of
    which each device has others, here.

    Args:
        devices: How many; the rest as of Classifier.

    Raises:
        UserError: The machine has fewer GPUs or, where it has none, CPU devices.
    """

    def __init__(self, devices: int, *settings: Any) -> None:
        self.devices, self.strategy = devices, _mirrored(devices)
        with self.strategy.scope():
            super().__init__(*settings)

    def _loop(self, moving: bool, packed: Packed, labels: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss, correct = 0.0, 0
        for first in tf.range(0, tf.shape(packed.ends)[0] - 1, self.devices):
            parts = self.strategy.run(self._share, (moving, packed, labels, seed, first))
            losses, hits = (self.strategy.reduce("SUM", part, axis=None) for part in parts)
            loss += losses
            correct += hits
            seed += [0, DRAWS * self.devices]
        return loss, correct

    def _share(
        self, moving: bool, packed: Packed, labels: tf.Tensor, seed: tf.Tensor, first: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Make the step of the batches from number `first` on, on the device that calls this."""
        context = tf.distribute.get_replica_context()
        own = tf.cast(context.replica_id_in_sync_group, tf.int32)
        batch, targets = take(packed, labels, first + own)
        texts = packed.ends[first + self.devices][3] - packed.ends[first][3]
        vectors = tf.gather(self.matrix, batch.rows)
        gradients = self.gradients(vectors, batch, targets, texts, seed + DRAWS * own * [0, 1], moving)
        self.optimizer.apply(gradients.dense, self.dense)
        if gradients.rows is not None:
            rows, positions = tf.unique(context.all_gather(batch.rows, axis=0))
            total = tf.math.unsorted_segment_sum(context.all_gather(gradients.rows, axis=0), positions, tf.size(rows))
            self.adagrad.apply(rows, tf.gather(self.matrix, rows), total)
        return gradients.measured(targets)


@cache  # Keras keeps variables of its own, which belong to one strategy
def _mirrored(devices: int) -> tf.distribute.Strategy:
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    found = [device.name for device in tf.config.list_logical_devices(kind)]
    if len(found) < devices:
        raise UserError(f"training.devices: found {devices}, this machine has {len(found)} {kind}; lower it to that")
    # One device adds up, always in the same order; others cannot gather different numbers of rows.
    return tf.distribute.MirroredStrategy(found[:devices], tf.distribute.ReductionToOneDevice())
