"""Predictions, scores and histories of a variant or a baseline.

`validation.npy` and `test.npy`: float32 [replicates, texts, classes], predicted probabilities. `test-<labels>.npy`:
int32 [replicates, texts], the predicted classes after training on fewer labels; `label_budgets` in `scores.json` lists
their numbers. `history-<k>.tsv`, for trained variants: a row for each epoch of replicate k with `epoch`, `loss`,
`accuracy`, `val_loss`, `val_accuracy`.
`scores.json`: `replicates`, for each its `seed` and `best_epoch` (null for a baseline), its trained `parameters` and,
for `validation` and `test`, the metrics of `evaluation.metrics.measure`.
"""

from pathlib import Path
from typing import Any

import numpy as np

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.core.files import read_json, write_json

HISTORY = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")
History = list[dict[str, float]]


def write(
    folder: Path,
    replicates: list[dict[str, Any]],
    predictions: dict[str, Probabilities],
    curve: dict[int, Labels],
    histories: list[History],
) -> None:
    """Write scores, predictions by split, predicted classes of test by label budget, and a history a replicate."""
    for split, probabilities in predictions.items():
        np.save(folder / f"{split}.npy", probabilities.astype(np.float32))
    for budget, predicted in curve.items():
        np.save(folder / f"test-{budget}.npy", predicted.astype(np.int32))
    for replicate, history in enumerate(histories):
        lines = ["\t".join(HISTORY), *("\t".join(f"{row[key]:.6g}" for key in HISTORY) for row in history)]
        (folder / f"history-{replicate}.tsv").write_text("\n".join(lines) + "\n")
    write_json(folder / "scores.json", {"replicates": replicates, "label_budgets": sorted(curve)})


def read_scores(folder: Path) -> dict[str, Any]:
    """Read `scores.json`."""
    scores: dict[str, Any] = read_json(folder / "scores.json")
    return scores


def read_predictions(folder: Path, split: str) -> Probabilities:
    """Read float32 [replicates, texts, classes]."""
    probabilities: Probabilities = np.load(folder / f"{split}.npy")
    return probabilities


def read_curve(folder: Path) -> dict[int, Labels]:
    """Read the predicted classes of test, int32 [replicates, texts], by label budget, the smallest first."""
    return {budget: np.load(folder / f"test-{budget}.npy") for budget in read_scores(folder)["label_budgets"]}


def read_history(folder: Path, replicate: int) -> History:
    """Read the history of one replicate, a row an epoch; empty for a baseline."""
    path = folder / f"history-{replicate}.tsv"
    if not path.exists():
        return []
    header, *rows = (line.split("\t") for line in path.read_text().splitlines())
    return [dict(zip(header, map(float, row), strict=True)) for row in rows]
