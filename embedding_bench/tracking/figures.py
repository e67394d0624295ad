"""The pictures that go with a tracked run.

matplotlib is imported when one is drawn, without pyplot, so that nothing global is touched.
"""

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts.scores import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CLASSES_WITH_NUMBERS = 12
LONGEST_LABEL = 24


def learning_curves(title: str, histories: list[History]) -> "Figure":
    """Draw accuracy by epoch: a colour for each replicate, validation solid and training dotted."""
    figure, axes = _canvas(title, 6.4)
    for replicate, history in enumerate(histories):
        epochs = [row["epoch"] for row in history]
        colour = f"C{replicate % 10}"
        label = f"replicate {replicate}" if replicate < 10 else None
        axes.plot(epochs, [row["val_accuracy"] for row in history], color=colour, marker=".", label=label)
        axes.plot(epochs, [row["accuracy"] for row in history], color=colour, linestyle=":")
    axes.set(xlabel="epoch", ylabel="accuracy (solid: validation, dotted: train)")
    axes.locator_params(axis="x", integer=True)
    axes.legend(loc="lower right", fontsize="small")
    return figure


def confusion_matrix(title: str, counts: npt.NDArray[np.float64], labels: list[str]) -> "Figure":
    """Draw a confusion matrix [actual][predicted] as shares of the actual class."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = _canvas(title, 5.6)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places, names = range(len(labels)), [label[:LONGEST_LABEL] for label in labels]
    axes.set_xticks(places, names, rotation=45, ha="right", parse_math=False)  # a class may be called "$5 to $9"
    axes.set_yticks(places, names, parse_math=False)
    axes.set(xlabel="predicted", ylabel="actual")
    if len(labels) <= MOST_CLASSES_WITH_NUMBERS:
        for actual, predicted in np.ndindex(shares.shape):
            share = shares[actual, predicted]
            axes.text(predicted, actual, f"{share:.2f}", ha="center", va="center", color="wk"[int(share < 0.6)])
    return figure


def save(figure: "Figure", path: Path) -> None:
    """Write a figure as PNG; scripts that the font lacks show as boxes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(path, format="png")


def _canvas(title: str, width: float) -> "tuple[Figure, Axes]":
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its font cache on first use
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, 4.4), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontsize="medium")
    return figure, axes
