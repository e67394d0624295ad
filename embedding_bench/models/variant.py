"""Training of one variant, one replicate at a time, with functions that are traced once."""

import time
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels, Matrix, Positions
from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.artifacts.model import Weights
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.evaluation.label_budgets import LEAST_STEPS, affordable, draw
from embedding_bench.models.batching import look_up, prepare, select
from embedding_bench.models.classifier import Classifier
from embedding_bench.models.data_parallel import DataParallelClassifier
from embedding_bench.models.encoders.pooling import Pooling, build_pooling
from embedding_bench.models.naive_bayes import naive_bayes_weights
from embedding_bench.models.network import class_shares
from embedding_bench.models.ngrams import NgramRows, learn_ngrams
from embedding_bench.models.pooled import pool
from embedding_bench.models.replicate import Replicate
from embedding_bench.models.training import Solver, Trainer
from embedding_bench.settings.encoders import EncoderSettings, PoolingEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning
from embedding_bench.tensorflow import tf


class VariantTraining:
    """A variant ready for training: its texts as rows of the matrix, and a traced model.

    Args:
        encoded: Token ids of train, validation and, to be predicted as well, perhaps test.
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
        self.encoder, self.tuning, vocabulary = encoder, tuning, embedding.shape[0]
        self.ngrams: NgramRows | None = None
        self.weighted, self.rates = False, np.full(vocabulary, tuning.learning_rate or 0.0)  # 0 for frozen rows
        if isinstance(encoder, PoolingEncoder):
            self.weighted = encoder.weighting == "naive-bayes"
            if encoder.ngrams:
                train = look_up(encoded["train"], embedding.remap, encoder.max_tokens)
                found = learn_ngrams(train, encoder.ngrams, vocabulary)
                self.ngrams = found if len(found.keys) else None
                self.rates = np.append(self.rates, np.full(len(found.keys), encoder.ngrams.learning_rate))
        self.texts = {split: prepare(texts, embedding.remap, encoder, self.ngrams) for split, texts in encoded.items()}
        self.pooling, rows = None, len(self.rates)
        if isinstance(encoder, PoolingEncoder) and not self.rates.any():
            # Pooled frozen vectors never change, so each text becomes one token whose row is its pooled vector.
            # Pooling a single token returns its row.
            self.pooling, rows = build_pooling(encoder, embedding.shape[1]), 1 + sum(map(len, self.texts.values()))
        # A linear head on vectors that do not change is solved, not trained.
        self.trainer = Solver if self.pooling is not None and encoder.linear_head else Trainer
        # Few labels are trained on for as many steps as all of them would be, if those are few.
        batches = -(-len(self.texts["train"]) // encoder.batch_size)
        self.least_steps = min(LEAST_STEPS, encoder.epochs * batches)
        prior, balanced = class_shares(labels["train"]), training.class_weights == "balanced"
        shape, movable = (rows, embedding.shape[1]), int(np.count_nonzero(self.rates))
        arguments = (shape, prior, encoder, movable, balanced)
        several = training.devices > 1
        self.model = DataParallelClassifier(training.devices, *arguments) if several else Classifier(*arguments)

    def replicate(self, number: int) -> Replicate:
        """Train one replicate, on each label budget and then on all of train.

        The result does not depend on earlier replicates. Those from `training.replicates` on are fresh: no selection
        has seen their seeds. Their label budgets are those of the others, so that learning curves of all rows are
        compared on the same labels.
        """
        label, draws = f"replicate {number + 1}", self.training.seed + number % self.training.replicates
        start = self._start(self.training.seed + number)
        curve = {}
        for budget in affordable(self.training.label_budgets, self.labels["train"]):
            trained = self._train(start, draw(self.labels, budget, draws), f"{label}, {budget} labels")
            curve[budget] = trained.predictions["test"].argmax(axis=1).astype(np.int32)
        return self._train(start, {}, label)._replace(curve=curve)

    def train_some(self, seed: int, drawn: dict[str, Positions], label: str) -> Replicate:
        """Train on some texts of train and validation, by number; messages begin with `label`."""
        return self._train(self._start(seed), drawn, label)

    def _start(self, seed: int) -> "Start":
        matrix = initial_matrix(self.embedding, seed)
        if self.ngrams:
            matrix = np.append(matrix, np.zeros((len(self.ngrams.keys), matrix.shape[1]), np.float32), axis=0)
        start = Start(seed, self.texts, matrix)
        return start if self.weighted or self.pooling is None else start.pooled(self.pooling)

    def _train(self, start: "Start", drawn: dict[str, Positions], label: str) -> Replicate:
        """Train on texts of train and validation by number, those of a split that is not drawn all."""
        labels = self.labels | {split: self.labels[split][numbers] for split, numbers in drawn.items()}
        rates, weights = self.rates, None
        if self.weighted:
            train = select(self.texts["train"], drawn["train"]) if drawn else self.texts["train"]
            weights = naive_bayes_weights(train, labels["train"], len(rates), self.model.classes)
            rates, start = rates * weights, start.weighted(weights)
            if self.pooling:
                start = start.pooled(self.pooling)
        texts = start.texts | {split: select(start.texts[split], numbers) for split, numbers in drawn.items()}
        self.model.set_prior(class_shares(labels["train"], self.model.classes))
        self.model.reset(start.matrix, start.seed, rates)
        trainer = self.trainer(self.model, texts, labels, start.seed, self.select_by, self.tuning, self.least_steps)
        trained = trainer.run(label)
        return trained._replace(
            microseconds=trained.microseconds + start.microseconds, weights=self._named(trained.weights, weights)
        )

    def _named(self, weights: Weights, row_weights: npt.NDArray[np.float32] | None) -> Weights:
        """Name the weights as `artifacts.model` has them."""
        named, vocabulary = dict(weights), self.embedding.shape[0]
        if self.ngrams:
            matrix = named.pop("embedding")
            named |= {"ngrams": matrix[vocabulary:], "ngram_keys": self.ngrams.keys}
            if self.tuning.trainable:
                named["embedding"] = matrix[:vocabulary]
        return named if row_weights is None else {**named, "row_weights": row_weights[:vocabulary]}


class Start(NamedTuple):
    """What a training starts from: texts as rows of a matrix, float32 [rows, dimensions].

    `microseconds` are those that pooling a text took, where that is done once.
    """

    seed: int
    texts: dict[str, Encoded]
    matrix: Matrix
    microseconds: float = 0.0

    def weighted(self, weights: npt.NDArray[np.float32]) -> "Start":
        """Multiply each row by its weight, float32 [rows]."""
        return self._replace(matrix=self.matrix * weights[:, np.newaxis])

    def pooled(self, pooling: Pooling) -> "Start":
        """Replace each text by one token whose row is its pooled vector."""
        start = time.perf_counter()
        texts, matrix = pool(self.texts, self.matrix, pooling)
        seconds = time.perf_counter() - start
        return self._replace(texts=texts, matrix=matrix, microseconds=1e6 * seconds / (len(matrix) - 1))
