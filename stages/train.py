"""train: train one variant, once per replicate."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus, embedding, model, scores, tokens
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import whole_folder
from embedding_bench.evaluation.metrics import measure
from embedding_bench.evaluation.selection import Reached, best_of
from embedding_bench.models.batching import look_up
from embedding_bench.models.tensorboard import log_histories
from embedding_bench.models.training import Replicate, train_variant
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning


def train(
    stage: str,
    knobs: tuple[EncoderSettings, Tuning, Training],
    corpus_folder: Path,
    token_folder: Path,
    embedding_folder: Path,
    out: Path,
    score_folder: Path,
) -> None:
    """Write the best replicate's model, and every replicate's predictions, histories and scores."""
    encoder, tuning, training = knobs
    with timing.timed(stage, [score_folder]) as figures:
        start = embedding.read(embedding_folder)
        encoded = {split: tokens.read_split(token_folder, split) for split in LABELLED}
        texts = {split: look_up(found, start.remap, encoder.max_tokens) for split, found in encoded.items()}
        labels = {split: corpus.read_labels(corpus_folder, split) for split in LABELLED}
        replicates = list(train_variant(texts, labels, start, encoder, tuning, training))
        best = replicates[best_of(list(map(_reached, replicates)), len(labels["validation"]))]
        with whole_folder(score_folder) as folder, whole_folder(out) as model_folder:
            write_scores(folder, replicates, labels)
            model.write(model_folder, best.weights, describe(best, encoder, tuning))
        figures["microseconds_per_text"] = round(float(np.median([r.microseconds for r in replicates])), 2)
        figures["training_seconds"] = round(sum(sum(r.seconds) for r in replicates), 3)
        figures["replicates"] = [{"seconds_per_epoch": [round(s, 3) for s in r.seconds]} for r in replicates]
    if training.tensorboard:
        log_histories(timing.project_root() / "logs" / out.name, [r.history for r in replicates])
    say(f"{stage}: {account(replicates, labels)}")


def _reached(replicate: Replicate) -> Reached:
    row = replicate.history[replicate.best_epoch - 1]
    return Reached(row["val_accuracy"], row["val_loss"])


def write_scores(folder: Path, replicates: list[Replicate], labels: dict[str, Labels]) -> None:
    """Measure every replicate on validation and test."""
    measured = [
        {
            "seed": replicate.seed,
            "best_epoch": replicate.best_epoch,
            "parameters": replicate.parameters,
            **{split: measure(labels[split], found) for split, found in replicate.predictions.items()},
        }
        for replicate in replicates
    ]
    predictions = {split: np.stack([r.predictions[split] for r in replicates]) for split in ("validation", "test")}
    curve = {budget: np.stack([r.curve[budget] for r in replicates]) for budget in replicates[0].curve}
    scores.write(folder, measured, predictions, curve, [r.history for r in replicates])


def describe(best: Replicate, encoder: EncoderSettings, tuning: Tuning) -> dict[str, Any]:
    """Say what rebuilds the model; a frozen embedding is drawn again from its artifact and the seed."""
    return {"seed": best.seed, "encoder": encoder.model_dump(), "tuning": tuning.model_dump()}


def account(replicates: list[Replicate], labels: dict[str, Labels]) -> str:
    """Say in a line what came of it."""
    accuracies = [float((r.predictions["test"].argmax(axis=1) == labels["test"]).mean()) for r in replicates]
    epochs = [len(r.history) for r in replicates]
    seconds = float(np.median(np.concatenate([r.seconds for r in replicates])))
    validation = np.mean([_reached(r).accuracy for r in replicates])
    return (
        f"validation {validation:.4f}, test {np.mean(accuracies):.4f} ({min(accuracies):.4f} to {max(accuracies):.4f}) "
        f"over {len(replicates)} replicates of {min(epochs)} to {max(epochs)} epochs, {seconds:.2f} s each"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", required=True, help="a key of `tuning`")
    parser.add_argument("--encoder", required=True, help="a key of `encoders`")
    for folder in ("corpus", "tokens", "embedding", "out", "scores"):
        parser.add_argument(f"--{folder}", type=Path, required=True)
    arguments = parser.parse_args()
    found = load_settings()
    knobs = (found.encoders[arguments.encoder], found.tuning[arguments.tuning], found.training)
    folders = (arguments.corpus, arguments.tokens, arguments.embedding, arguments.out, arguments.scores)
    train(f"train@{arguments.out.name}", knobs, *folders)


if __name__ == "__main__":
    errors.run(main)
