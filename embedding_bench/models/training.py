"""Training of one variant, replicate by replicate, with functions that are traced once."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Matrix, Positions, Probabilities
from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.artifacts.model import Weights
from embedding_bench.artifacts.scores import History
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.console import progress
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.label_budgets import FEWEST_STEPS, LEAST_BATCH, affordable, draw
from embedding_bench.evaluation.metrics import validation_score
from embedding_bench.evaluation.selection import ValidationScore, surpasses
from embedding_bench.models.batching import Batcher, by_length, pack, prepare, select, shuffled, sorted_by_length
from embedding_bench.models.classifier import Classifier
from embedding_bench.models.encoders.pooling import build_pooling
from embedding_bench.models.network import DRAWS, class_shares
from embedding_bench.models.pooled import pool
from embedding_bench.settings.encoders import EncoderSettings, FlattenEncoder, PoolingEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning
from embedding_bench.tensorflow import tf

PREDICTED_TOKENS = 30_000  # in a batch of prediction, padding included
BATCHES_PER_CALL = 32  # of the graph


class Replicate(NamedTuple):
    """The result of one training.

    Attributes:
        seed: Of initial weights, batches and dropout.
        best_epoch: Counted from 1.
        parameters: Number of trained parameters.
        history: A row per epoch.
        predictions: Probabilities by split, float32 [texts, classes].
        weights: Of the best epoch.
        seconds: Of each epoch.
        microseconds: Of predicting a text.
        curve: Predicted classes of test by label budget, int32 [texts].
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

    @property
    def validation(self) -> ValidationScore:
        """The validation score of the best epoch."""
        row = self.history[self.best_epoch - 1]
        return ValidationScore(row["val_accuracy"], row["val_loss"])


class VariantTraining:
    """A variant ready for training: its texts as rows of the matrix, and a traced model.

    Args:
        encoded: Token ids of the splits train, validation and test.
        labels: int32 [texts] of the same splits.
        embedding: The vocabulary, and the rows that have a vector.
        encoder: Settings of the encoder and of its training.
        tuning: Whether and how fast the matrix is trained.
        training: Settings that all variants share.
    """

    def __init__(
        self,
        encoded: dict[str, Encoded],
        labels: dict[str, Labels],
        embedding: Embedding,
        encoder: EncoderSettings,
        tuning: Tuning,
        training: Training,
    ) -> None:
        if training.deterministic_ops:
            tf.config.experimental.enable_op_determinism()
        self.labels, self.embedding, self.training = labels, embedding, training
        self.texts = {split: prepare(texts, embedding.remap, encoder) for split, texts in encoded.items()}
        self.pooling, rows = None, embedding.shape[0]
        if isinstance(encoder, PoolingEncoder) and not tuning.trainable:
            # Pooled frozen vectors never change, so each text becomes one token whose row is its pooled vector.
            # Pooling a single token returns its row.
            self.pooling, rows = build_pooling(encoder, embedding.shape[1]), 1 + sum(map(len, self.texts.values()))
        self.prior = class_shares(labels["train"])
        balanced = training.class_weights == "balanced"
        self.model = Classifier((rows, embedding.shape[1]), self.prior, encoder, tuning, balanced)

    def replicates(self) -> Iterator[Replicate]:
        """Train all replicates in sequence."""
        for number in range(self.training.replicates):
            yield self.replicate(number)

    def replicate(self, number: int) -> Replicate:
        """Train one replicate, on each label budget and then on all of train.

        The result does not depend on earlier replicates.
        """
        seed = self.training.seed + number
        label = f"replicate {number + 1}/{self.training.replicates}"
        texts, matrix, pooling_microseconds = self._start(seed)
        curve = self._train_budgets(texts, matrix, seed, label)
        self.model.set_prior(self.prior)
        self.model.reset(matrix, seed)
        trained = Trainer(self.model, texts, self.labels, seed).run(label)
        return trained._replace(curve=curve, microseconds=trained.microseconds + pooling_microseconds)

    def _start(self, seed: int) -> tuple[dict[str, Encoded], Matrix, float]:
        """Return texts, initial matrix, and the microseconds that pooling a text took, where that is done once."""
        matrix = initial_matrix(self.embedding, seed)
        if self.pooling is None:
            return self.texts, matrix, 0.0
        start = time.perf_counter()
        texts, pooled = pool(self.texts, matrix, self.pooling)
        return texts, pooled, 1e6 * (time.perf_counter() - start) / (len(pooled) - 1)

    def _train_budgets(self, texts: dict[str, Encoded], matrix: Matrix, seed: int, label: str) -> dict[int, Labels]:
        """Train on each label budget, and return the classes predicted for test, int32 [texts]."""
        curve = {}
        for budget in affordable(self.training.label_budgets, self.labels["train"]):
            drawn = draw(self.labels, budget, seed)
            fewer_labels = self.labels | {split: self.labels[split][indices] for split, indices in drawn.items()}
            fewer_texts = texts | {split: select(texts[split], indices) for split, indices in drawn.items()}
            self.model.set_prior(class_shares(fewer_labels["train"], self.model.classes))
            self.model.reset(matrix, seed)
            trained = Trainer(self.model, fewer_texts, fewer_labels, seed).run(f"{label}, {budget} labels")
            curve[budget] = trained.predictions["test"].argmax(axis=1).astype(np.int32)
        return curve


class Trainer:
    """One training: epochs until `patience` of them in a row have not surpassed the best."""

    def __init__(self, model: Classifier, texts: dict[str, Encoded], labels: dict[str, Labels], seed: int) -> None:
        self.model, self.texts, self.labels, self.seed = model, texts, labels, seed
        # With few texts, a large batch would leave only a step or two per epoch.
        self.batch_size = min(model.settings.batch_size, max(len(texts["train"]) // FEWEST_STEPS, LEAST_BATCH))
        self.rng, self.batcher = np.random.default_rng(seed), Batcher(model.matrix.shape[0])
        self.draws = 0  # dropout seeds used so far

    def run(self, label: str) -> Replicate:
        """Train, restore the best weights, and predict validation and test; messages begin with `label`."""
        settings = self.model.settings
        history: History = []
        seconds: list[float] = []
        best: ValidationScore | None = None
        best_epoch, highest, frozen = 0, 0.0, self.model.tuning.frozen_epochs
        for epoch in range(1, settings.epochs + 1):
            start = time.perf_counter()
            trained = self._train_epoch(f"{label}, epoch {epoch}/{settings.epochs}", epoch > frozen)
            score = self._validate()
            seconds.append(time.perf_counter() - start)
            history.append({"epoch": epoch, **trained, "val_loss": score.log_loss, "val_accuracy": score.accuracy})
            highest = max(highest, score.accuracy)
            if best is None or surpasses(score, best, highest, len(self.labels["validation"])):
                best, best_epoch, weights = score, epoch, self.model.weights()
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

    def _batches(self) -> Iterator[Positions]:
        texts, size = self.texts["train"], self.batch_size
        if isinstance(self.model.settings, PoolingEncoder | FlattenEncoder):  # no padding, or a fixed length
            return shuffled(len(texts), size, self.rng)
        return by_length(np.diff(texts.offsets), size, self.rng)

    def _train_epoch(self, label: str, released: bool) -> dict[str, float]:
        texts, labels = self.texts["train"], self.labels["train"]
        loss, correct, done, batches = 0.0, 0, 0, self._batches()
        while chosen := list(islice(batches, BATCHES_PER_CALL)):
            packed = pack(self.batcher.take(texts, numbers) for numbers in chosen)
            batch_loss, batch_correct = self.model.train(
                packed, labels[np.concatenate(chosen)], (self.seed, self.draws), released
            )
            self.draws += DRAWS * len(chosen)
            loss, correct, done = loss + batch_loss, correct + batch_correct, done + len(packed.lengths)
            progress(f"{label}: {done / len(labels):.0%}")
        if not np.isfinite(loss):
            raise UserError(
                f"{label}: the loss is no longer finite; lower the learning_rate of the encoder, "
                f"{self.model.settings.learning_rate}, or of the tuning, {self.model.tuning.learning_rate}"
            )
        return {"loss": loss / len(labels), "accuracy": correct / len(labels)}

    def _validate(self) -> ValidationScore:
        return validation_score(self.labels["validation"], self._predict("validation"))

    def _predict(self, split: str) -> Probabilities:
        texts = self.texts[split]
        probabilities = np.empty((len(texts), self.model.classes), dtype=np.float32)
        for chosen in sorted_by_length(np.diff(texts.offsets), PREDICTED_TOKENS):
            probabilities[chosen] = self.model.predict(self.batcher.take(texts, chosen))
        return probabilities
