"""Summaries of a variant's replicates: scores and a line of output."""

from typing import Any

import numpy as np

from embedding_bench.arrays import Labels
from embedding_bench.evaluation.metrics import measure
from embedding_bench.models.replicate import Replicate


def measure_replicates(replicates: list[Replicate], labels: dict[str, Labels]) -> list[dict[str, Any]]:
    """Measure every replicate on validation and test, in the form of `artifacts.scores`."""
    return [
        {
            "seed": replicate.seed,
            "best_epoch": replicate.best_epoch,
            "parameters": replicate.parameters,
            **{split: measure(labels[split], predicted) for split, predicted in replicate.predictions.items()},
        }
        for replicate in replicates
    ]


def summarise(replicates: list[Replicate], labels: dict[str, Labels]) -> str:
    """Summarise accuracy, epochs and seconds in one line."""
    accuracies = [float((r.predictions["test"].argmax(axis=1) == labels["test"]).mean()) for r in replicates]
    epochs = [len(r.history) for r in replicates]
    seconds = float(np.median(np.concatenate([r.seconds for r in replicates])))
    validation = np.mean([r.history[r.best_epoch - 1]["val_accuracy"] for r in replicates])
    return (
        f"validation {validation:.4f}, test {np.mean(accuracies):.4f} ({min(accuracies):.4f} to {max(accuracies):.4f}) "
        f"over {len(replicates)} replicates of {min(epochs)} to {max(epochs)} epochs, {seconds:.2f} s each"
    )
