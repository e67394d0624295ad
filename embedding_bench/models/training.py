"""One training: epochs, or strengths of a penalty, of which validation chooses one."""

import time
from collections.abc import Iterator
from itertools import islice
from math import ceil
from typing import Any

import numpy as np

from embedding_bench.arrays import Labels, Positions, Probabilities
from embedding_bench.artifacts.scores import History
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.console import progress
from embedding_bench.core.errors import UserError
from embedding_bench.core.timing import peak_megabytes
from embedding_bench.evaluation.label_budgets import FEWEST_STEPS, LEAST_BATCH
from embedding_bench.evaluation.metrics import log_loss
from embedding_bench.evaluation.selection import Candidate, candidate, surpasses
from embedding_bench.models.batching import Batcher, by_length, pack, shuffled, sorted_by_length
from embedding_bench.models.classifier import Classifier
from embedding_bench.models.convex import STRENGTHS, solve_path
from embedding_bench.models.network import DRAWS
from embedding_bench.models.replicate import Replicate
from embedding_bench.settings.encoders import FlattenEncoder, PoolingEncoder
from embedding_bench.settings.tuning import Tuning

PREDICTED_TOKENS = 30_000  # in a batch of prediction, padding included
BATCHES_PER_CALL = 32  # of the graph


class Trainer:
    """One training: epochs until `patience` of them in a row have not surpassed the best.

    Where texts give fewer than `least_steps` batches in all epochs, there are as many more epochs, and more patience.
    """

    def __init__(
        self,
        model: Classifier,
        texts: dict[str, Encoded],
        labels: dict[str, Labels],
        seed: int,
        select_by: str,
        tuning: Tuning,
        least_steps: int,
    ) -> None:
        self.model, self.texts, self.labels, self.seed = model, texts, labels, seed
        self.select_by, self.tuning = select_by, tuning
        # With few texts, a large batch would leave only a step or two per epoch.
        self.batch_size = min(model.settings.batch_size, max(len(texts["train"]) // FEWEST_STEPS, LEAST_BATCH))
        self.rng, self.batcher = np.random.default_rng(seed), Batcher(model.matrix.shape[0])
        self.draws = 0  # dropout seeds used so far
        steps = model.settings.epochs * -(-len(texts["train"]) // self.batch_size)
        stretch = max(1.0, least_steps / steps)
        self.most_epochs = ceil(stretch * model.settings.epochs)
        self.patience = ceil(stretch * model.settings.patience)

    def run(self, label: str) -> Replicate:
        """Train, restore the best weights, and predict all splits but train; messages begin with `label`."""
        history: History = []
        seconds: list[float] = []
        best: Candidate | None = None
        lead: Candidate | None = None
        best_epoch, start = 0, time.perf_counter()
        for epoch, trained in enumerate(self.epochs(label), 1):
            validation = self._predict("validation")
            seconds.append(time.perf_counter() - start)
            history.append({"epoch": epoch, **trained, **self._measure(validation)})
            new = candidate(self.labels["validation"], validation[np.newaxis], self.select_by)
            lead = new if lead is None or new.criterion > lead.criterion else lead
            if best is None or surpasses(new, best, lead):
                best, best_epoch, weights = new, epoch, self.model.weights()
            elif epoch - max(best_epoch, self.tuning.frozen_epochs) >= self.patience:
                break
            start = time.perf_counter()
        progress("")
        self.model.restore(weights)
        start = time.perf_counter()
        predictions = {split: self._predict(split) for split in self.texts if split != "train"}
        microseconds = 1e6 * (time.perf_counter() - start) / sum(map(len, predictions.values()))
        parameters, peak = self.model.parameters(), peak_megabytes()
        return Replicate(
            self.seed, best_epoch, parameters, history, predictions, weights, seconds, microseconds, {}, peak
        )

    def epochs(self, label: str) -> Iterator[dict[str, float]]:
        """Train an epoch at a time; yield the mean `loss` in nats and the `accuracy` on train."""
        for epoch in range(1, self.most_epochs + 1):
            released = epoch > self.tuning.frozen_epochs
            yield self._train_epoch(f"{label}, epoch {epoch}/{self.most_epochs}", released)

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
                f"{self.model.settings.learning_rate}, or of the tuning, {self.tuning.learning_rate}"
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


class Solver(Trainer):
    """The best linear head on pooled frozen vectors, for one strength of its penalty after the other.

    Each takes the place of an epoch: validation chooses among them.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.patience = 3

    def epochs(self, label: str) -> Iterator[dict[str, float]]:
        """Solve for each strength."""
        texts = self.texts["train"]
        present = np.flatnonzero(np.diff(texts.offsets))  # a text without tokens has the prior, whatever the head
        if not len(present):
            yield from super().epochs(label)
            return
        features, labels = self.model.matrix.numpy()[texts.ids], self.labels["train"][present]
        kernel, bias = self.model.dense
        weights = self.model.class_weights.numpy().astype(np.float64)
        for number, solved in enumerate(solve_path(features, labels, weights), 1):
            progress(f"{label}, strength {number}/{len(STRENGTHS)}")
            kernel.assign(solved.kernel)
            bias.assign(solved.bias)
            yield {"loss": solved.loss, "accuracy": solved.accuracy}
