"""baseline: majority class, counts or TF-IDF with logistic regression."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus, scores
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.baselines.logistic import Fitted, count_terms, fit_logistic, fit_majority
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import whole_folder
from embedding_bench.evaluation.label_budgets import affordable, draw
from embedding_bench.evaluation.metrics import measure
from embedding_bench.settings.baselines import Baseline, Majority
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.training import Training

Numbers = dict[str, npt.NDArray[np.int64]]  # of texts, by split
Fit = Callable[[Numbers], Fitted]


def baseline(name: str, kind: Baseline, training: Training, corpus_folder: Path, out: Path) -> None:
    """Write the predictions and scores of one baseline, on all of train and for every label budget."""
    stage = f"baseline@{name}"
    with timing.timed(stage, [out]) as figures, whole_folder(out) as folder:
        labels = {split: corpus.read_labels(corpus_folder, split) for split in LABELLED}
        fit = prepare(kind, corpus_folder, training.class_weights == "balanced")
        start = time.perf_counter()
        fitted = fit({split: np.arange(len(found)) for split, found in labels.items()})
        figures["training_seconds"] = round(time.perf_counter() - start, 3)
        figures["microseconds_per_text"] = round(fitted.microseconds, 2)
        measured = {split: measure(labels[split], found) for split, found in fitted.predictions.items()}
        row = {"seed": None, "best_epoch": None, "strength": fitted.strength, "parameters": fitted.parameters}
        predictions = {split: found[None] for split, found in fitted.predictions.items()}
        scores.write(folder, [{**row, **measured}], predictions, learning_curve(fit, labels, training), [])
    chosen = "" if fitted.strength is None else f", C = {fitted.strength:g} chosen on validation"
    accuracy = {split: found["accuracy"] for split, found in measured.items()}
    say(f"{stage}: validation {accuracy['validation']:.4f}, test {accuracy['test']:.4f}{chosen}")


def learning_curve(fit: Fit, labels: dict[str, Labels], training: Training) -> dict[int, Labels]:
    """Fit on fewer labels, those that each replicate of a variant is trained on, and answer test."""
    tests = np.arange(len(labels["test"]))
    seeds = range(training.seed, training.seed + training.replicates)
    return {
        budget: np.stack([answers(fit, {**draw(labels, budget, seed), "test": tests}) for seed in seeds])
        for budget in affordable(training.label_budgets, labels["train"])
    }


def answers(fit: Fit, chosen: Numbers) -> Labels:
    """Fit on some texts, and answer those of test."""
    found: Labels = fit(chosen).predictions["test"].argmax(axis=1).astype(np.int32)
    return found


def prepare(kind: Baseline, corpus_folder: Path, balanced: bool) -> Fit:
    """Return what fits on some texts of train and validation, given by number, and predicts validation and test."""
    labels = {split: corpus.read_labels(corpus_folder, split) for split in LABELLED}
    if isinstance(kind, Majority):
        classes = len(corpus.read_summary(corpus_folder)["labels"])
        return lambda chosen: fit_majority(
            labels["train"][chosen["train"]], {s: len(chosen[s]) for s in ("validation", "test")}, classes
        )
    texts = {s: [t for batch in corpus.read_texts(corpus_folder, s) for t in batch.to_pylist()] for s in LABELLED}
    counts, counting = count_terms(kind, texts)

    def fit(chosen: Numbers) -> Fitted:
        some = {split: counts[split][numbers] for split, numbers in chosen.items()}
        fitted = fit_logistic(kind, some, {split: labels[split][chosen[split]] for split in chosen}, balanced)
        return fitted._replace(microseconds=counting + fitted.microseconds)

    return fit


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baseline", required=True, help="a key of `baselines`")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    found = load_settings()
    kind = found.baselines[arguments.baseline]
    baseline(arguments.baseline, kind, found.training, arguments.corpus, arguments.out)


if __name__ == "__main__":
    errors.run(main)
