"""The learned mean variant, trained the notebook way and ours, on the same texts in one run.

The notebook way: strings are vectorised inside the model in every epoch, texts are padded to the longest of a batch of
128, the mean counts the padding, and Adam updates every row of the matrix after every batch.
"""

import argparse
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.timing import EpochTimer
from stages.core import errors, settings
from stages.core.artifacts import corpus, tokens
from stages.core.artifacts.corpus import LABELLED
from stages.core.artifacts.vectors import WordVectors
from stages.core.settings import MeanEncoder, Training, Tuning, VocabularySettings
from stages.core.tensorflow import keras, tf
from stages.download import download
from stages.embeddings.matrix import build_embedding
from stages.models.batching import look_up
from stages.models.training import train_variant
from stages.vectorize import vectorize

VOCABULARY, DIMENSIONS, BATCH = 30_000, 100, 128

Labels = dict[str, npt.NDArray[np.int32]]


class Result(NamedTuple):
    """Seconds of each epoch, and the best accuracy on validation with that epoch's on test."""

    seconds: list[float]
    validation: float
    test: float


def notebook_way(texts: dict[str, list[str]], labels: Labels, epochs: int) -> Result:
    """Train as the notebooks do."""
    keras.utils.set_random_seed(1)
    vectorization = keras.layers.TextVectorization(max_tokens=VOCABULARY)
    vectorization.adapt(tf.data.Dataset.from_tensor_slices(texts["train"]).batch(1024))
    classes = int(labels["train"].max()) + 1
    model = keras.Sequential(
        [
            keras.Input((1,), dtype="string"),
            vectorization,
            keras.layers.Embedding(VOCABULARY, DIMENSIONS),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    rows = {name: tf.data.Dataset.from_tensor_slices((texts[name], labels[name])) for name in LABELLED}
    data = {name: found.batch(BATCH) for name, found in rows.items()}
    train = rows["train"].shuffle(10_000, seed=1).batch(BATCH).prefetch(tf.data.AUTOTUNE)
    timer, reached = EpochTimer(), []
    for _ in range(epochs):
        model.fit(train, validation_data=data["validation"], epochs=1, verbose=0, callbacks=[timer])
        reached.append(tuple(model.evaluate(data[name], verbose=0)[1] for name in ("validation", "test")))
    return Result(timer.seconds, *max(reached))


def our_way(token_folder: Path, labels: Labels, epochs: int) -> Result:
    """Train as the pipeline does, at the same batch size and learning rate, from texts encoded once."""
    random = settings.RandomVectors(
        source="random", dimensions=DIMENSIONS, missing=settings.UniformRows(policy="uniform", limit=0.05)
    )
    nothing = WordVectors(pa.array([], pa.string()), np.zeros((0, DIMENSIONS), np.float32))
    vocabulary = VocabularySettings(size=VOCABULARY, min_count=1)
    embedding = build_embedding(tokens.read_lexicon(token_folder), random, nothing, vocabulary)
    texts = {name: look_up(tokens.read_split(token_folder, name), embedding.remap, None) for name in LABELLED}
    encoder = MeanEncoder(kind="mean", batch_size=BATCH, learning_rate=0.001, epochs=epochs, patience=epochs)
    training = Training(replicates=1, seed=1)
    (found,) = train_variant(texts, labels, embedding, encoder, Tuning(trainable=True), training)
    test = float((found.predictions["test"].argmax(axis=1) == labels["test"]).mean())
    return Result(found.seconds, max(row["val_accuracy"] for row in found.history), test)


def report(dataset: str, rows: int, notebook: Result, ours: Result) -> str:
    """Lay out both ways and their ratio; the first epoch, which traces, is left out of the medians."""
    lines = [f"{dataset}: {rows:,} train texts, {len(ours.seconds)} epochs, batch {BATCH}, {DIMENSIONS} dimensions"]
    for name, result in (("notebook way", notebook), ("ours", ours)):
        lines.append(
            f"{name:14}{np.median(result.seconds[1:]):8.2f} s per epoch ({min(result.seconds[1:]):.2f} to "
            f"{max(result.seconds[1:]):.2f}), validation {result.validation:.4f}, test {result.test:.4f}"
        )
    ratio = np.median(notebook.seconds[1:]) / np.median(ours.seconds[1:])
    return "\n".join([*lines, f"ours is {ratio:.1f} times as fast an epoch"])


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="sample", help="a key of `datasets`; sample is made 30,000 texts long")
    parser.add_argument("--epochs", type=int, default=6)
    arguments = parser.parse_args()
    dataset = settings.load().datasets[arguments.dataset]
    if isinstance(dataset, settings.SampleDataset):
        dataset = dataset.model_copy(update={"train": 30_000, "validation": 3_000, "test": 5_000, "unlabeled": 0})
    with tempfile.TemporaryDirectory() as scratch:
        folder, token_folder = Path(scratch) / "corpus", Path(scratch) / "tokens"
        download(arguments.dataset, dataset, Path("none"), folder)
        vectorize("words", settings.Vectorizer(kind="words"), folder, token_folder)
        labels = {name: corpus.read_labels(folder, name) for name in LABELLED}
        texts = {n: [t for batch in corpus.read_texts(folder, n) for t in batch.to_pylist()] for n in LABELLED}
        ours = our_way(token_folder, labels, arguments.epochs)
        notebook = notebook_way(texts, labels, arguments.epochs)
    print(report(arguments.dataset, len(labels["train"]), notebook, ours))


if __name__ == "__main__":
    errors.run(main)
