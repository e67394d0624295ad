"""Variants and their replicates: artifacts in, scores and the best model out."""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts import corpus, embedding, model, scores, tokens
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.artifacts.scores import History
from embedding_bench.artifacts.search import VariantSettings
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.files import atomic_folder
from embedding_bench.evaluation.selection import best_of, candidate
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.models.replicate import Replicate
from embedding_bench.models.summary import measure_replicates, summarise
from embedding_bench.settings.training import Training

if TYPE_CHECKING:  # TensorFlow takes seconds, which a stage need not spend whose workers train
    from embedding_bench.models.variant import VariantTraining

LAST: dict[str, "VariantTraining"] = {}  # the variant that this process trained last


class Inputs(NamedTuple):
    """Folders of `artifacts.corpus`, `artifacts.tokens` and `artifacts.embedding`."""

    corpus: Path
    tokens: Path
    embedding: Path


class Outputs(NamedTuple):
    """Folders of `artifacts.model` and `artifacts.scores`."""

    model: Path
    scores: Path


class Config(NamedTuple):
    """The settings of a cell."""

    variant: VariantSettings
    training: Training
    select_by: str

    def prepare(self, texts: dict[str, Encoded], labels: dict[str, Labels], start: Embedding) -> "VariantTraining":
        """Prepare a training on some texts."""
        from embedding_bench.models.variant import VariantTraining

        encoder, tuning, rows = self.variant
        return VariantTraining(texts, labels, start.drawn(rows), encoder, tuning, self.training, self.select_by)


class Cell(NamedTuple):
    """A variant to be trained; `fresh` replicates have seeds that no selection has seen; `keep` all their models."""

    config: Config
    inputs: Inputs
    outputs: Outputs
    fresh: bool = False
    keep: bool = False

    @property
    def tasks(self) -> list[Task]:
        """One for each replicate."""
        count = self.config.training.replicates
        numbers = range(count, 2 * count) if self.fresh else range(count)
        return [Task(self.outputs.model.name, train_replicate, (self.config, k), self.inputs) for k in numbers]


class Trained(NamedTuple):
    """What a cell leaves beside its artifacts: a summary in one line, histories, and timings that are not hashed."""

    summary: str
    histories: list[History]
    timings: dict[str, Any]


def train_cells(cells: list[Cell]) -> list[Trained]:
    """Train the replicates of all cells; write each one's best model, and the predictions, histories and scores."""
    replicates = execute([task for cell in cells for task in cell.tasks])
    return [_write(cell, list(islice(replicates, cell.config.training.replicates))) for cell in cells]


def _write(cell: Cell, replicates: list[Replicate]) -> Trained:
    config, inputs, outputs, *_ = cell
    labels = {split: corpus.read_labels(inputs.corpus, split) for split in LABELLED}
    predictions = {split: np.stack([r.predictions[split] for r in replicates]) for split in ("validation", "test")}
    best = replicates[_best(predictions["validation"], labels["validation"], config.select_by)]
    curve = {budget: np.stack([r.curve[budget] for r in replicates]) for budget in replicates[0].curve}
    histories = [r.history for r in replicates]
    with atomic_folder(outputs.scores) as score_folder, atomic_folder(outputs.model) as model_folder:
        scores.write(score_folder, measure_replicates(replicates, labels), predictions, curve, histories)
        model.write(model_folder, best.weights, {"seed": best.seed, **config.variant.plain()})
        for number, member in enumerate(replicates if cell.keep else []):
            model.write_member(model_folder, number, member.weights, {"seed": member.seed, **config.variant.plain()})
    timings = {
        "microseconds_per_text": round(float(np.median([r.microseconds for r in replicates])), 2),
        "training_seconds": round(sum(sum(r.seconds) for r in replicates), 3),
        "replicates": [{"seconds_per_epoch": [round(s, 3) for s in r.seconds]} for r in replicates],
        "peak_mb": max(r.peak_mb for r in replicates),
    }
    return Trained(summarise(replicates, labels), histories, timings)


def train_replicate(
    config: Config, number: int, corpus_folder: Path, token_folder: Path, embedding_folder: Path
) -> Replicate:
    """Train one replicate of a variant, by number."""
    return _prepare(Inputs(corpus_folder, token_folder, embedding_folder), config).replicate(number)


def _prepare(inputs: Inputs, config: Config) -> "VariantTraining":
    """Read a variant's texts, and trace its functions once for the replicates that a process trains in a row."""
    key = repr((inputs, [folder.stat().st_ino for folder in inputs], config))
    if key not in LAST:
        LAST.clear()
        encoded = {split: tokens.read_split(inputs.tokens, split) for split in LABELLED}
        labels = {split: corpus.read_labels(inputs.corpus, split) for split in LABELLED}
        LAST[key] = config.prepare(encoded, labels, embedding.read(inputs.embedding))
    return LAST[key]


def _best(validation: Probabilities, labels: Labels, select_by: str) -> int:
    """Return the number of the best replicate; validation float32 [replicates, texts, classes]."""
    return best_of([candidate(labels, replicate[np.newaxis], select_by) for replicate in validation])
