"""An epoch of the learned mean variant, 100 dimensions, compared with fastText (2 threads) and the notebook way.

The texts are the same. Ours and fastText train on the pipeline's tokens. The notebook way vectorises strings in the
model in every epoch, pads to the longest text of a batch of 128, counts padding in its mean, and lets Adam update every
row of the matrix. Seconds are those of an epoch without validation. Accuracy is that on validation after the same
number of epochs, each with its best learning rate there.
"""

import tempfile
import time
from functools import partial
from pathlib import Path

import fasttext
import numpy as np

from benchmarks.inputs import DIMENSIONS, VOCABULARY, Input, chosen_input, head, learned_embedding, rows_of
from benchmarks.measuring import Measured, by_turns, keep
from benchmarks.peer import answers, words_of, write_labelled
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.core import errors
from embedding_bench.models.variant import VariantTraining
from embedding_bench.settings.encoders import PoolingEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning
from embedding_bench.tensorflow import keras, tf

EPOCHS = 5
BATCH, RATE, EMBEDDING_RATES = 2048, 0.01, (0.05, 0.1, 0.2)
FASTTEXT_RATES = (0.1, 0.25, 0.5, 1.0)
NOTEBOOK_BATCH = 128


class Ours:
    """The pipeline's training loop."""

    def __init__(self, data: Input) -> None:
        self.data, self.embedding = data, learned_embedding(data)
        self.texts = data.encoded

    def train(self, rate: float, epochs: int, validation: int | None = None) -> tuple[list[float], float]:
        """Train; return the seconds of each epoch and the validation accuracy after the last."""
        texts = {**self.texts, "validation": head(self.texts["validation"], validation)}
        labels = {**self.data.labels, "validation": self.data.labels["validation"][:validation]}
        encoder = PoolingEncoder(kind="mean", batch_size=BATCH, learning_rate=RATE, epochs=epochs, patience=epochs)
        config = (encoder, Tuning(trainable=True, learning_rate=rate), Training(replicates=1, seed=1))
        replicate = VariantTraining(texts, labels, self.embedding, *config).replicate(0)
        return replicate.seconds, replicate.history[-1]["val_accuracy"]

    def seconds(self, rate: float) -> float:
        """Time an epoch, without the first one, which traces, and without validation."""
        seconds, _ = self.train(rate, EPOCHS, validation=64)
        return float(np.median(seconds[1:]))


class FastText:
    """Supervised fastText on a file of the pipeline's tokens."""

    def __init__(self, data: Input, embedding: Embedding, folder: Path) -> None:
        self.path, self.labels = folder / "train.txt", data.labels["validation"]
        names = embedding.vocabulary["token"].to_pylist()
        rows = rows_of(data, embedding)
        write_labelled(self.path, data.labels["train"], words_of(rows["train"], names))
        self.validation = words_of(rows["validation"], names)

    def train(self, rate: float, epochs: int) -> fasttext.FastText._FastText:
        """Train with 2 threads."""
        return fasttext.train_supervised(
            str(self.path), dim=DIMENSIONS, epoch=epochs, lr=rate, thread=2, minCount=1, bucket=0, verbose=0
        )

    def accuracy(self, rate: float) -> float:
        """Measure accuracy on validation."""
        predicted = answers(self.train(rate, EPOCHS), self.validation)
        return float(np.mean(predicted == self.labels))

    def seconds(self, rate: float) -> float:
        """Time an epoch: the difference between a long and a short training, since both first build the dictionary."""
        times = []
        for epochs in (1, EPOCHS):
            start = time.perf_counter()
            self.train(rate, epochs)
            times.append(time.perf_counter() - start)
        return (times[1] - times[0]) / (EPOCHS - 1)


class Notebook:
    """A Keras model that takes strings."""

    def __init__(self, data: Input) -> None:
        self.texts, self.labels = data.texts, data.labels
        self.vectorization = keras.layers.TextVectorization(max_tokens=VOCABULARY)
        self.vectorization.adapt(tf.data.Dataset.from_tensor_slices(data.texts["train"]).batch(1024))

    def model(self) -> keras.Model:
        """Build an untrained model."""
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [
                keras.Input((1,), dtype="string"),
                self.vectorization,
                keras.layers.Embedding(VOCABULARY, DIMENSIONS),
                keras.layers.GlobalAveragePooling1D(),
                keras.layers.Dense(int(self.labels["train"].max()) + 1, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def train_data(self) -> tf.data.Dataset:
        """Shuffle and batch strings."""
        rows = tf.data.Dataset.from_tensor_slices((self.texts["train"], self.labels["train"]))
        return rows.shuffle(10_000, seed=1).batch(NOTEBOOK_BATCH).prefetch(tf.data.AUTOTUNE)

    def seconds(self) -> float:
        """Time the second of two epochs; the first one traces."""
        model, data = self.model(), self.train_data()
        model.fit(data, epochs=1, verbose=0)
        start = time.perf_counter()
        model.fit(data, epochs=1, verbose=0)
        return time.perf_counter() - start

    def accuracy(self) -> float:
        """Measure accuracy on validation after EPOCHS epochs."""
        model = self.model()
        model.fit(self.train_data(), epochs=EPOCHS, verbose=0)
        rows = tf.data.Dataset.from_tensor_slices((self.texts["validation"], self.labels["validation"]))
        return float(model.evaluate(rows.batch(1024), verbose=0)[1])


def main() -> None:
    """Compare on the chosen dataset."""
    with chosen_input(__doc__) as data, tempfile.TemporaryDirectory() as scratch:
        dataset, ours, notebook = data.name, Ours(data), Notebook(data)
        peer = FastText(data, ours.embedding, Path(scratch))
        rate = max(EMBEDDING_RATES, key=lambda candidate: ours.train(candidate, EPOCHS)[1])
        peer_rate = max(FASTTEXT_RATES, key=peer.accuracy)
        _, accuracy = ours.train(rate, EPOCHS)
        size = {"texts": len(data.labels["train"]), "tokens": len(ours.texts["train"].ids), "epochs": EPOCHS}
        reached = {"validation accuracy of ours": round(accuracy, 4), "batch": BATCH, "rate": rate}
        times = by_turns(partial(ours.seconds, rate), partial(peer.seconds, peer_rate))
        notes = {**size, **reached, "of the peer": round(peer.accuracy(peer_rate), 4), "its rate": peer_rate}
        what = f"learned mean variant on {dataset}, an epoch"
        keep(Measured(f"learned_mean-{dataset}-fasttext", what, "fastText", "s", *times, 1.3, notes))
        times = by_turns(partial(ours.seconds, rate), notebook.seconds)
        notes = {**size, **reached, "of the peer": round(notebook.accuracy(), 4), "its batch": NOTEBOOK_BATCH}
        keep(Measured(f"learned_mean-{dataset}-notebook", what, "the notebook way", "s", *times, 1 / 12, notes))


if __name__ == "__main__":
    errors.run(main)
