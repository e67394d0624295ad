"""baseline: majority class, counts or TF-IDF with logistic regression."""

import argparse
from pathlib import Path

from stages.core import errors, settings, timing
from stages.core.artifacts import corpus, scores
from stages.core.artifacts.corpus import LABELLED
from stages.core.artifacts.files import whole_folder
from stages.core.console import say
from stages.core.metrics import measure
from stages.core.settings import Baseline, Majority
from stages.linear.baselines import Fitted, fit_logistic, fit_majority


def baseline(name: str, kind: Baseline, corpus_folder: Path, out: Path, balanced: bool = False) -> None:
    """Write the predictions and scores of one baseline."""
    stage = f"baseline@{name}"
    with timing.timed(stage, [out]), whole_folder(out) as folder:
        labels = {split: corpus.read_labels(corpus_folder, split) for split in LABELLED}
        fitted = fit(kind, corpus_folder, balanced)
        measured = {split: measure(labels[split], found) for split, found in fitted.predictions.items()}
        row = {"seed": None, "best_epoch": None, "strength": fitted.strength, "parameters": fitted.parameters}
        predictions = {split: found[None] for split, found in fitted.predictions.items()}
        scores.write(folder, {"replicates": [{**row, **measured}]}, predictions, [])
    chosen = "" if fitted.strength is None else f", C = {fitted.strength:g} chosen on validation"
    accuracy = {split: found["accuracy"] for split, found in measured.items()}
    say(f"{stage}: validation {accuracy['validation']:.4f}, test {accuracy['test']:.4f}{chosen}")


def fit(kind: Baseline, corpus_folder: Path, balanced: bool) -> Fitted:
    """Fit on train and predict validation and test."""
    labels = {split: corpus.read_labels(corpus_folder, split) for split in LABELLED}
    if isinstance(kind, Majority):
        classes = len(corpus.read_summary(corpus_folder)["labels"])
        return fit_majority(labels["train"], {s: len(labels[s]) for s in ("validation", "test")}, classes)
    texts = {s: [t for batch in corpus.read_texts(corpus_folder, s) for t in batch.to_pylist()] for s in LABELLED}
    return fit_logistic(kind, texts, labels, balanced)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baseline", required=True, help="a key of `baselines`")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    found = settings.load()
    kind, balanced = found.baselines[arguments.baseline], found.training.class_weights == "balanced"
    baseline(arguments.baseline, kind, arguments.corpus, arguments.out, balanced)


if __name__ == "__main__":
    errors.run(main)
