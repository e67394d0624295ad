"""The replicates of one variant: artifacts in, scores and the best model out."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts import corpus, embedding, model, scores, tokens
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.artifacts.scores import History
from embedding_bench.core.files import atomic_folder
from embedding_bench.evaluation.selection import best_of, candidate
from embedding_bench.models.summary import describe_model, measure_replicates, summarise
from embedding_bench.models.training import VariantTraining
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning


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

    encoder: EncoderSettings
    tuning: Tuning
    training: Training
    select_by: str


class Trained(NamedTuple):
    """What a cell leaves beside its artifacts: a summary in one line, histories, and timings that are not hashed."""

    summary: str
    histories: list[History]
    timings: dict[str, Any]


def train_cell(config: Config, inputs: Inputs, outputs: Outputs, fresh: bool = False) -> Trained:
    """Train all replicates, and write the best one's model and the predictions, histories and scores of all.

    `fresh` replicates have seeds that no selection has seen.
    """
    encoded = {split: tokens.read_split(inputs.tokens, split) for split in LABELLED}
    labels = {split: corpus.read_labels(inputs.corpus, split) for split in LABELLED}
    variant = VariantTraining(encoded, labels, embedding.read(inputs.embedding), *config)
    replicates = list(variant.replicates(fresh))
    predictions = {split: np.stack([r.predictions[split] for r in replicates]) for split in ("validation", "test")}
    best = replicates[_best(predictions["validation"], labels["validation"], config.select_by)]
    curve = {budget: np.stack([r.curve[budget] for r in replicates]) for budget in replicates[0].curve}
    histories = [r.history for r in replicates]
    with atomic_folder(outputs.scores) as score_folder, atomic_folder(outputs.model) as model_folder:
        scores.write(score_folder, measure_replicates(replicates, labels), predictions, curve, histories)
        model.write(model_folder, best.weights, describe_model(best, config.encoder, config.tuning))
    timings = {
        "microseconds_per_text": round(float(np.median([r.microseconds for r in replicates])), 2),
        "training_seconds": round(sum(sum(r.seconds) for r in replicates), 3),
        "replicates": [{"seconds_per_epoch": [round(s, 3) for s in r.seconds]} for r in replicates],
    }
    return Trained(summarise(replicates, labels), histories, timings)


def _best(validation: Probabilities, labels: Labels, select_by: str) -> int:
    """Return the number of the best replicate; validation float32 [replicates, texts, classes]."""
    return best_of([candidate(labels, replicate[np.newaxis], select_by) for replicate in validation])
