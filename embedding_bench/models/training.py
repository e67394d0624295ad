"""Training of one variant, one replicate at a time, with functions that are traced once."""

import time
from collections.abc import Iterator
from itertools import islice

import numpy as np

from embedding_bench.arrays import Labels, Matrix, Positions, Probabilities
from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.artifacts.scores import History
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.console import progress
from embedding_bench.core.errors import UserError
from embedding_bench.core.timing import peak_megabytes
from embedding_bench.evaluation.label_budgets import FEWEST_STEPS, LEAST_BATCH, affordable, draw
from embedding_bench.evaluation.metrics import log_loss
from embedding_bench.evaluation.selection import Candidate, candidate, surpasses
from embedding_bench.models.batching import Batcher, by_length, pack, prepare, select, shuffled, sorted_by_length
from embedding_bench.models.classifier import Classifier
from embedding_bench.models.data_parallel import DataParallelClassifier
from embedding_bench.models.encoders.pooling import build_pooling
from embedding_bench.models.network import DRAWS, class_shares
from embedding_bench.models.pooled import pool
from embedding_bench.models.replicate import Replicate
from embedding_bench.settings.encoders import EncoderSettings, FlattenEncoder, PoolingEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning
from embedding_bench.tensorflow import tf

PREDICTED_TOKENS = 30_000  # in a batch of prediction, padding included
BATCHES_PER_CALL = 32  # of the graph


class VariantTraining:
    """A variant ready for training: its texts as rows of the matrix, and a traced model.

    Args:
        encoded: Token ids of the splits train, validation and test.
        labels: int32 [texts] of the same splits.
        embedding: The vocabulary, and the rows that have a vector.
        encoder: Settings of the encoder and of its training.
        tuning: Whether and how fast the matrix is trained.
        training: Settings that all variants share.
        select_by: What selects the epoch, a key of `evaluation.criteria.CRITERIA`.
    """

    def __init__(
        self,
        encoded: dict[str, Encoded],
        labels: dict[str, Labels],
        embedding: Embedding,
        encoder: EncoderSettings,
        tuning: Tuning,
        training: Training,
        select_by: str = "accuracy",
    ) -> None:
        if training.deterministic_ops:
            tf.config.experimental.enable_op_determinism()
        self.labels, self.embedding, self.training, self.select_by = labels, embedding, training, select_by
        self.texts = {split: prepare(texts, embedding.remap, encoder) for split, texts in encoded.items()}
        self.pooling, rows = None, embedding.shape[0]
        if isinstance(encoder, PoolingEncoder) and not tuning.trainable:
            # Pooled frozen vectors never change, so each text becomes one token whose row is its pooled vector.
            # Pooling a single token returns its row.
            self.pooling, rows = build_pooling(encoder, embedding.shape[1]), 1 + sum(map(len, self.texts.values()))
        self.prior = class_shares(labels["train"])
        balanced = training.class_weights == "balanced"
        arguments = ((rows, embedding.shape[1]), self.prior, encoder, tuning, balanced)
        several = training.devices > 1
        self.model = DataParallelClassifier(training.devices, *arguments) if several else Classifier(*arguments)

    def replicate(self, number: int) -> Replicate:
        """Train one replicate, on each label budget and then on all of train.

        The result does not depend on earlier replicates. Those from `training.replicates` on are fresh: no selection
        has seen their seeds. Their label budgets are those of the others, so that learning curves of all rows are
        compared on the same labels.
        """
        seed = self.training.seed + number
        label = f"replicate {number + 1}"
        texts, matrix, pooling_microseconds = self._start(seed)
        curve = self._train_budgets(texts, matrix, number, label)
        self.model.set_prior(self.prior)
        self.model.reset(matrix, seed)
        trained = Trainer(self.model, texts, self.labels, seed, self.select_by).run(label)
        return trained._replace(curve=curve, microseconds=trained.microseconds + pooling_microseconds)

    def _start(self, seed: int) -> tuple[dict[str, Encoded], Matrix, float]:
        """Return texts, initial matrix, and the microseconds that pooling a text took, where that is done once."""
        matrix = initial_matrix(self.embedding, seed)
        if self.pooling is None:
            return self.texts, matrix, 0.0
        start = time.perf_counter()
        texts, pooled = pool(self.texts, matrix, self.pooling)
        return texts, pooled, 1e6 * (time.perf_counter() - start) / (len(pooled) - 1)

    def _train_budgets(self, texts: dict[str, Encoded], matrix: Matrix, number: int, label: str) -> dict[int, Labels]:
        """Train on each label budget, and return the classes predicted for test, int32 [texts]."""
        curve, seed = {}, self.training.seed + number
        draws = self.training.seed + number % self.training.replicates
        for budget in affordable(self.training.label_budgets, self.labels["train"]):
            drawn = draw(self.labels, budget, draws)
            fewer_labels = self.labels | {split: self.labels[split][indices] for split, indices in drawn.items()}
            fewer_texts = texts | {split: select(texts[split], indices) for split, indices in drawn.items()}
            self.model.set_prior(class_shares(fewer_labels["train"], self.model.classes))
            self.model.reset(matrix, seed)
            trainer = Trainer(self.model, fewer_texts, fewer_labels, seed, self.select_by)
            trained = trainer.run(f"{label}, {budget} labels")
            curve[budget] = trained.predictions["test"].argmax(axis=1).astype(np.int32)
        return curve


class Trainer:
    """One training: epochs until `patience` of them in a row have not surpassed the best."""

    def __init__(
        self, model: Classifier, texts: dict[str, Encoded], labels: dict[str, Labels], seed: int, select_by: str
    ) -> None:
        self.model, self.texts, self.labels, self.seed, self.select_by = model, texts, labels, seed, select_by
        # With few texts, a large batch would leave only a step or two per epoch.
        self.batch_size = min(model.settings.batch_size, max(len(texts["train"]) // FEWEST_STEPS, LEAST_BATCH))
        self.rng, self.batcher = np.random.default_rng(seed), Batcher(model.matrix.shape[0])
        self.draws = 0  # dropout seeds used so far

    def run(self, label: str) -> Replicate:
        """Train, restore the best weights, and predict validation and test; messages begin with `label`."""
        settings = self.model.settings
        history: History = []
        seconds: list[float] = []
        best: Candidate | None = None
        lead: Candidate | None = None
        best_epoch, frozen = 0, self.model.tuning.frozen_epochs
        for epoch in range(1, settings.epochs + 1):
            start = time.perf_counter()
            trained = self._train_epoch(f"{label}, epoch {epoch}/{settings.epochs}", epoch > frozen)
            validation = self._predict("validation")
            seconds.append(time.perf_counter() - start)
            history.append({"epoch": epoch, **trained, **self._measure(validation)})
            new = candidate(self.labels["validation"], validation[np.newaxis], self.select_by)
            lead = new if lead is None or new.criterion > lead.criterion else lead
            if best is None or surpasses(new, best, lead):
                best, best_epoch, weights = new, epoch, self.model.weights()
            elif epoch - max(best_epoch, frozen) >= settings.patience:
                break
        progress("")
        self.model.restore(weights)
        start = time.perf_counter()
        test = self._predict("test")
        microseconds = 1e6 * (time.perf_counter() - start) / len(test)
        predictions = {"validation": self._predict("validation"), "test": test}
        parameters, peak = self.model.parameters(), peak_megabytes()
        return Replicate(
            self.seed, best_epoch, parameters, history, predictions, weights, seconds, microseconds, {}, peak
        )

    def _batches(self) -> Iterator[Positions]:
        texts, size = self.texts["train"], self.batch_size
        if isinstance(self.model.settings, PoolingEncoder | FlattenEncoder):  # no padding, or a fixed length
            return shuffled(len(texts), size, self.rng)
        return by_length(np.diff(texts.offsets), size, self.rng)

    def _train_epoch(self, label: str, released: bool) -> dict[str, float]:
        texts, labels = self.texts["train"], self.labels["train"]
        loss, correct, done, batches = 0.0, 0, 0, self._batches()
        while chosen := list(islice(batches, BATCHES_PER_CALL)):
            shares = [share for numbers in chosen for share in np.array_split(numbers, self.model.devices)]
            packed = pack(self.batcher.take(texts, numbers) for numbers in shares)
            batch_loss, batch_correct = self.model.train(
                packed, labels[np.concatenate(chosen)], (self.seed, self.draws), released
            )
            self.draws += DRAWS * len(shares)
            loss, correct, done = loss + batch_loss, correct + batch_correct, done + len(packed.lengths)
            progress(f"{label}: {done / len(labels):.0%}")
        if not np.isfinite(loss):
            raise UserError(
                f"{label}: the loss is no longer finite; lower the learning_rate of the encoder, "
                f"{self.model.settings.learning_rate}, or of the tuning, {self.model.tuning.learning_rate}"
            )
        return {"loss": loss / len(labels), "accuracy": correct / len(labels)}

    def _measure(self, validation: Probabilities) -> dict[str, float]:
        labels = self.labels["validation"]
        accuracy = float((validation.argmax(axis=1) == labels).mean())
        return {"val_loss": log_loss(labels, validation), "val_accuracy": accuracy}

    def _predict(self, split: str) -> Probabilities:
        texts = self.texts[split]
        probabilities = np.empty((len(texts), self.model.classes), dtype=np.float32)
        for chosen in sorted_by_length(np.diff(texts.offsets), PREDICTED_TOKENS):
            probabilities[chosen] = self.model.predict(self.batcher.take(texts, chosen))
        return probabilities
