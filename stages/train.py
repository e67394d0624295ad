"""train: train one variant, once per replicate."""

import argparse
from pathlib import Path

import numpy as np

from embedding_bench.artifacts import corpus, embedding, model, scores, tokens
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.evaluation.selection import best_of
from embedding_bench.models.summary import describe_model, measure_replicates, summarise
from embedding_bench.models.tensorboard import log_histories
from embedding_bench.models.training import VariantTraining
from embedding_bench.settings.encoders import ENCODERS, EncoderSettings
from embedding_bench.settings.training import TRAINING, Training
from embedding_bench.settings.tuning import TUNING, Tuning

LOGS = "logs"  # of TensorBoard, not hashed; Layout does not name it, because its edits would train everything anew


def train(
    stage: str,
    config: tuple[EncoderSettings, Tuning, Training],
    corpus_folder: Path,
    token_folder: Path,
    embedding_folder: Path,
    out: Path,
    score_folder: Path,
) -> None:
    """Write the best replicate's model, and the predictions, histories and scores of all replicates."""
    encoder, tuning, training = config
    with timing.timed(stage, [score_folder]) as timings:
        encoded = {split: tokens.read_split(token_folder, split) for split in LABELLED}
        labels = {split: corpus.read_labels(corpus_folder, split) for split in LABELLED}
        variant = VariantTraining(encoded, labels, embedding.read(embedding_folder), *config)
        replicates = list(variant.replicates())
        best = replicates[best_of([r.validation for r in replicates], len(labels["validation"]))]
        predictions = {split: np.stack([r.predictions[split] for r in replicates]) for split in ("validation", "test")}
        curve = {budget: np.stack([r.curve[budget] for r in replicates]) for budget in replicates[0].curve}
        histories = [r.history for r in replicates]
        with atomic_folder(score_folder) as folder, atomic_folder(out) as model_folder:
            scores.write(folder, measure_replicates(replicates, labels), predictions, curve, histories)
            model.write(model_folder, best.weights, describe_model(best, encoder, tuning))
        timings["microseconds_per_text"] = round(float(np.median([r.microseconds for r in replicates])), 2)
        timings["training_seconds"] = round(sum(sum(r.seconds) for r in replicates), 3)
        timings["replicates"] = [{"seconds_per_epoch": [round(s, 3) for s in r.seconds]} for r in replicates]
    if training.tensorboard:
        log_histories(timing.project_root() / LOGS / out.name, histories)
    log(f"{stage}: {summarise(replicates, labels)}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", required=True, help="a key of `tuning`")
    parser.add_argument("--encoder", required=True, help="a key of `encoders`")
    for folder in ("corpus", "tokens", "embedding", "out", "scores"):
        parser.add_argument(f"--{folder}", type=Path, required=True)
    arguments = parser.parse_args()
    params = Params.read()
    config = (
        params.entry(ENCODERS, arguments.encoder),
        params.entry(TUNING, arguments.tuning),
        params.section(TRAINING),
    )
    folders = (arguments.corpus, arguments.tokens, arguments.embedding, arguments.out, arguments.scores)
    train(f"train@{arguments.out.name}", config, *folders)


if __name__ == "__main__":
    errors.run(main)
