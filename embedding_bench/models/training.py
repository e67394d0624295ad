"""Training one variant, once per replicate, in one process and with one traced function."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.artifacts.model import Weights
from embedding_bench.artifacts.scores import History
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.console import progress
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.label_budgets import FEWEST_STEPS, LEAST_BATCH, affordable, draw
from embedding_bench.evaluation.metrics import judge
from embedding_bench.evaluation.selection import Reached, surpasses
from embedding_bench.models.batching import Batcher, by_length, distinct, in_order_of_length, pack, part, shuffled
from embedding_bench.models.classifier import DRAWS, Classifier
from embedding_bench.models.encoders.pooling import build_pooling
from embedding_bench.models.pooled import pool
from embedding_bench.settings.encoders import EncoderSettings, FlattenEncoder, PoolingEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning
from embedding_bench.tensorflow import tf

PREDICTED_TOKENS = 30_000  # padded tokens in a batch of prediction
STEPS = 32  # batches in a call of the graph


class Replicate(NamedTuple):
    """What one training gave; `seconds` are those of each epoch, `microseconds` those of predicting a text.

    `curve` has the answers on test, int32 [texts], after training on fewer labels, by their number.
    """

    seed: int
    best_epoch: int
    parameters: int
    history: History
    predictions: dict[str, Probabilities]
    weights: Weights
    seconds: list[float]
    microseconds: float
    curve: dict[int, Labels]


def train_variant(
    texts: dict[str, Encoded],
    labels: dict[str, Labels],
    embedding: Embedding,
    encoder: EncoderSettings,
    tuning: Tuning,
    training: Training,
) -> Iterator[Replicate]:
    """Train the replicates one after the other, each on every label budget and then on all of train.

    Each is the same whether it runs alone or after others.

    `texts` are vocabulary rows and `labels` int32 [texts], of the splits train, validation and test.
    """
    if training.deterministic_ops:
        tf.config.experimental.enable_op_determinism()
    if encoder.kind == "presence":
        texts = {split: distinct(encoded) for split, encoded in texts.items()}
    pooling, rows = None, embedding.shape[0]
    if isinstance(encoder, PoolingEncoder) and not tuning.trainable:
        # Frozen vectors' means never change: each text becomes one token, whose row is its mean.
        pooling, rows = build_pooling(encoder, embedding.shape[1]), 1 + sum(map(len, texts.values()))
        encoder = encoder.model_copy(update={"kind": "mean"})
    prior = shares(labels["train"])
    model = Classifier((rows, embedding.shape[1]), prior, encoder, tuning, training.class_weights == "balanced")
    budgets = affordable(training.label_budgets, labels["train"])
    for number in range(training.replicates):
        seed = training.seed + number
        matrix = initial_matrix(embedding, seed)
        start = time.perf_counter()
        used, matrix = pool(texts, matrix, pooling) if pooling else (texts, matrix)
        spent = 1e6 * (time.perf_counter() - start) / rows  # a text to predict has to be averaged, too
        name = f"replicate {number + 1}/{training.replicates}"
        curve = {}
        for budget in budgets:
            chosen = draw(labels, budget, seed)
            fewer_labels = {**labels, **{split: labels[split][numbers] for split, numbers in chosen.items()}}
            fewer = {**used, **{split: part(used[split], numbers) for split, numbers in chosen.items()}}
            model.expect(shares(fewer_labels["train"], model.classes))
            model.reset(matrix, seed)
            trained = Trainer(model, fewer, fewer_labels, seed).run(f"{name}, {budget} labels")
            curve[budget] = trained.predictions["test"].argmax(axis=1).astype(np.int32)
        model.expect(prior)
        model.reset(matrix, seed)
        found = Trainer(model, used, labels, seed).run(name)._replace(curve=curve)
        yield found._replace(microseconds=found.microseconds + spent) if pooling else found


def shares(labels: Labels, classes: int = 0) -> npt.NDArray[np.float32]:
    """Return the share of texts of each class, float32 [classes]."""
    return (np.bincount(labels, minlength=classes) / len(labels)).astype(np.float32)


class Trainer:
    """One training: epochs until none has surpassed the best for `patience` of them."""

    def __init__(self, model: Classifier, texts: dict[str, Encoded], labels: dict[str, Labels], seed: int) -> None:
        self.model, self.texts, self.labels, self.seed = model, texts, labels, seed
        # A batch made for many texts would leave few of them a step or two in an epoch.
        self.batch_size = min(model.settings.batch_size, max(len(texts["train"]) // FEWEST_STEPS, LEAST_BATCH))
        self.rng, self.batcher = np.random.default_rng(seed), Batcher(model.matrix.shape[0])
        self.draws = 0  # of dropout

    def run(self, label: str) -> Replicate:
        """Train, restore the best weights, predict validation and test."""
        settings = self.model.settings
        history: History = []
        seconds: list[float] = []
        best: Reached | None = None
        best_epoch, highest, frozen = 0, 0.0, self.model.tuning.frozen_epochs
        for epoch in range(1, settings.epochs + 1):
            start = time.perf_counter()
            trained = self._train_epoch(f"{label}, epoch {epoch}/{settings.epochs}", epoch > frozen)
            found = self._validate()
            row = {"epoch": epoch, **trained, "val_loss": found.log_loss, "val_accuracy": found.accuracy}
            seconds.append(time.perf_counter() - start)
            history.append(row)
            highest = max(highest, found.accuracy)
            if best is None or surpasses(found, best, highest, len(self.labels["validation"])):
                best, best_epoch, weights = found, epoch, self.model.weights()
            elif epoch - max(best_epoch, frozen) >= settings.patience:
                break
        progress("")
        self.model.restore(weights)
        start = time.perf_counter()
        test = self._predict("test")
        microseconds = 1e6 * (time.perf_counter() - start) / len(test)
        predictions = {"validation": self._predict("validation"), "test": test}
        parameters = self.model.parameters()
        return Replicate(self.seed, best_epoch, parameters, history, predictions, weights, seconds, microseconds, {})

    def _batches(self) -> Iterator[npt.NDArray[np.int64]]:
        texts, size = self.texts["train"], self.batch_size
        if isinstance(self.model.settings, PoolingEncoder | FlattenEncoder):  # which pad nothing, or all alike
            return shuffled(len(texts), size, self.rng)
        return by_length(np.diff(texts.offsets), size, self.rng)

    def _train_epoch(self, label: str, released: bool) -> dict[str, float]:
        texts, labels = self.texts["train"], self.labels["train"]
        loss, right, done, batches = 0.0, 0, 0, self._batches()
        while chosen := list(islice(batches, STEPS)):
            packed = pack(self.batcher.take(texts, numbers) for numbers in chosen)
            found = self.model.train(packed, labels[np.concatenate(chosen)], (self.seed, self.draws), released)
            self.draws += DRAWS * len(chosen)
            loss, right, done = loss + found[0], right + found[1], done + len(packed.lengths)
            progress(f"{label}: {done / len(labels):.0%}")
        if not np.isfinite(loss):
            raise UserError(
                f"{label}: the loss is no longer finite; learning_rate {self.model.settings.learning_rate} is too high"
            )
        return {"loss": loss / len(labels), "accuracy": right / len(labels)}

    def _validate(self) -> Reached:
        return judge(self.labels["validation"], self._predict("validation"))

    def _predict(self, split: str) -> Probabilities:
        texts = self.texts[split]
        probabilities = np.empty((len(texts), self.model.classes), dtype=np.float32)
        for chosen in in_order_of_length(np.diff(texts.offsets), PREDICTED_TOKENS):
            probabilities[chosen] = self.model.predict(self.batcher.take(texts, chosen))
        return probabilities
