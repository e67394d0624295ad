"""Fitting a baseline on all of train, and on each label budget."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Positions
from embedding_bench.artifacts import corpus
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.baselines.fitted import Fitted
from embedding_bench.baselines.logistic import count_terms, fit_logistic
from embedding_bench.baselines.majority import fit_majority
from embedding_bench.evaluation.label_budgets import affordable, draw
from embedding_bench.settings.baselines import Baseline, Majority
from embedding_bench.settings.training import Training


class Result(NamedTuple):
    """What a fit on all of train predicts, its seconds, and the classes predicted for test by label budget."""

    fitted: Fitted
    seconds: float
    curve: dict[int, Labels]


Numbers = dict[str, Positions]  # of texts, by split
Fit = Callable[[Numbers], Fitted]


def fit_baseline(baseline: Baseline, training: Training, select_by: str, corpus_folder: Path) -> Result:
    """Fit on all of train, and on each label budget."""
    labels = {split: corpus.read_labels(corpus_folder, split) for split in LABELLED}
    texts = {split: corpus.read_all_texts(corpus_folder, split) for split in LABELLED}
    fit = prepare(baseline, labels, texts, training.class_weights == "balanced", select_by)
    start = time.perf_counter()
    fitted = fit({split: np.arange(len(values)) for split, values in labels.items()})
    return Result(fitted, time.perf_counter() - start, learning_curve(fit, labels, training))


def prepare(
    baseline: Baseline, labels: dict[str, Labels], texts: dict[str, list[str]], balanced: bool, select_by: str
) -> Fit:
    """Return a function that fits on texts of train and validation, given by number, and predicts all but train.

    N-grams are counted once, here. Labels int32 [texts] by split.
    """
    if isinstance(baseline, Majority):
        classes = int(labels["train"].max()) + 1
        return lambda chosen: fit_majority(
            labels["train"][chosen["train"]], {s: len(chosen[s]) for s in chosen if s != "train"}, classes
        )
    counts, counting = count_terms(baseline, texts)

    def fit(chosen: Numbers) -> Fitted:
        rows = {split: counts[split][numbers] for split, numbers in chosen.items()}
        fewer = {split: labels[split][chosen[split]] for split in chosen}
        fitted = fit_logistic(baseline, rows, fewer, balanced, select_by)
        return fitted._replace(microseconds=counting + fitted.microseconds)

    return fit


def learning_curve(fit: Fit, labels: dict[str, Labels], training: Training) -> dict[int, Labels]:
    """Predict test, int32 [replicates, texts], by label budget; each replicate has the texts that variants draw."""
    tests = np.arange(len(labels["test"]))
    seeds = range(training.seed, training.seed + training.replicates)
    return {
        budget: np.stack([_predict_test(fit, {**draw(labels, budget, seed), "test": tests}) for seed in seeds])
        for budget in affordable(training.label_budgets, labels["train"])
    }


def _predict_test(fit: Fit, chosen: Numbers) -> Labels:
    predicted: Labels = fit(chosen).predictions["test"].argmax(axis=1).astype(np.int32)
    return predicted
