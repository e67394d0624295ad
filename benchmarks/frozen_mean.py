"""Whole training of the frozen mean variant to early stopping, compared with the notebook way.

Both start from the same word2vec vectors. Ours averages each text once, and trains replicates in one process with one
traced function: the time of a training is the total divided by their number. The notebook way vectorises strings and
looks up all tokens in every epoch. Both stop after some epochs without improvement on validation, ours by the
pipeline's rule, the notebook way by accuracy.
"""

import time

import numpy as np

from benchmarks.inputs import DIMENSIONS, Input, chosen_input, word2vec_embedding
from benchmarks.measuring import Measured, by_turns, keep
from embedding_bench.artifacts.embedding import SPECIAL, initial_matrix
from embedding_bench.core import errors
from embedding_bench.models.variant import VariantTraining
from embedding_bench.settings.encoders import PoolingEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning
from embedding_bench.tensorflow import keras, tf
from embedding_bench.tokens.standardizers import standardize_words

EPOCHS, PATIENCE, REPLICATES = 30, 4, 5
BATCH, RATE = 2048, 0.15
PEER_BATCH, PEER_RATE = 128, 0.005


class Frozen:
    """Both ways to train on one corpus from the same matrix; each returns seconds and keeps epochs and accuracy."""

    def __init__(self, data: Input) -> None:
        self.data, self.embedding = data, word2vec_embedding(data)
        self.texts = data.encoded
        self.reached: dict[str, dict[str, float]] = {}

    def ours(self) -> float:
        """Train as the pipeline does."""
        encoder = PoolingEncoder(kind="mean", batch_size=BATCH, learning_rate=RATE, epochs=EPOCHS, patience=PATIENCE)
        config = (encoder, Tuning(trainable=False), Training(replicates=REPLICATES, seed=1))
        start = time.perf_counter()
        variant = VariantTraining(self.texts, self.data.labels, self.embedding, *config)
        replicates = [variant.replicate(number) for number in range(REPLICATES)]
        seconds = (time.perf_counter() - start) / REPLICATES
        best = [r.history[r.best_epoch - 1]["val_accuracy"] for r in replicates]
        self._keep("ours", float(np.mean([len(r.history) for r in replicates])), float(np.mean(best)))
        return seconds

    def notebook(self) -> float:
        """Train a Keras model that takes strings."""
        keras.utils.set_random_seed(1)
        tokens = self.embedding.vocabulary["token"].to_pylist()[len(SPECIAL) :]
        matrix = initial_matrix(self.embedding, 1)
        embedding = keras.layers.Embedding(*matrix.shape, trainable=False)
        classes = int(self.data.labels["train"].max()) + 1
        pooling, head = keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(classes, activation="softmax")
        start = time.perf_counter()
        vectorization = keras.layers.TextVectorization(standardize=standardize_words, vocabulary=tokens)
        model = keras.Sequential([keras.Input((1,), dtype="string"), vectorization, embedding, pooling, head])
        embedding.set_weights([matrix])
        model.compile(keras.optimizers.Adam(PEER_RATE), "sparse_categorical_crossentropy", metrics=["accuracy"])
        rows = {
            split: tf.data.Dataset.from_tensor_slices((self.data.texts[split], self.data.labels[split]))
            for split in ("train", "validation")
        }
        stop = keras.callbacks.EarlyStopping("val_accuracy", patience=PATIENCE, restore_best_weights=True)
        history = model.fit(
            rows["train"].shuffle(10_000, seed=1).batch(PEER_BATCH).prefetch(tf.data.AUTOTUNE),
            validation_data=rows["validation"].batch(1024),
            epochs=EPOCHS,
            verbose=0,
            callbacks=[stop],
        ).history
        seconds = time.perf_counter() - start
        self._keep("peer", len(history["loss"]), max(history["val_accuracy"]))
        return seconds

    def _keep(self, side: str, epochs: float, accuracy: float) -> None:
        self.reached[side] = {"epochs": epochs, "validation accuracy": round(accuracy, 4)}


def main() -> None:
    """Compare on the chosen dataset."""
    with chosen_input(__doc__) as data:
        frozen = Frozen(data)
        times = by_turns(frozen.ours, frozen.notebook)
        size = {"texts": len(frozen.data.labels["train"]), "dimensions": DIMENSIONS}
        notes = {**size, **frozen.reached}
        what = f"frozen mean variant on {data.name}, whole training"
        keep(Measured(f"frozen_mean-{data.name}", what, "the notebook way", "s", *times, 1 / 50, notes))


if __name__ == "__main__":
    errors.run(main)
