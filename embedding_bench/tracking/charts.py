"""Charts of a tracked run, drawn as files.

matplotlib and vl-convert are imported on first use; matplotlib without pyplot, which has global state.
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


def draw_specification(specification: Path, path: Path) -> None:
    """Draw a JSON file with a Vega or Vega-Lite specification as SVG."""
    from embedding_bench.reporting.drawing import draw_file

    draw_file(specification, path)


def draw_learning_curves(path: Path, title: str, histories: list[History]) -> None:
    """Draw accuracy by epoch as PNG: a colour per replicate, validation solid and training dotted."""
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
    _save(figure, path)


def draw_confusion_matrix(path: Path, title: str, counts: npt.NDArray[np.float64], labels: list[str]) -> None:
    """Draw a confusion matrix [actual][predicted] as PNG, as shares of the actual class."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = _canvas(title, 5.6)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    ticks, names = range(len(labels)), [label[:LONGEST_LABEL] for label in labels]
    axes.set_xticks(ticks, names, rotation=45, ha="right", parse_math=False)  # a class may be called "$5 to $9"
    axes.set_yticks(ticks, names, parse_math=False)
    axes.set(xlabel="predicted", ylabel="actual")
    if len(labels) <= MOST_CLASSES_WITH_NUMBERS:
        for actual, predicted in np.ndindex(shares.shape):
            share = shares[actual, predicted]
            axes.text(predicted, actual, f"{share:.2f}", ha="center", va="center", color="wk"[int(share < 0.6)])
    _save(figure, path)


def _save(figure: "Figure", path: Path) -> None:
    """Write a figure as PNG; characters that the font lacks appear as boxes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(path, format="png")


def _canvas(title: str, width: float) -> "tuple[Figure, Axes]":
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it reports its font cache on first use
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, 4.4), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontsize="medium")
    return figure, axes
