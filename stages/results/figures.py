"""The pictures that go with a tracked run; matplotlib without pyplot, so that nothing global is touched."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from stages.core.artifacts.scores import History

MOST_CLASSES_WITH_NUMBERS = 12


def learning_curves(title: str, histories: list[History]) -> Figure:
    """Draw accuracy by epoch: a colour for each replicate, validation solid and training dotted."""
    figure, axes = _canvas(title, 6.4)
    for replicate, history in enumerate(histories):
        epochs = [row["epoch"] for row in history]
        colour = f"C{replicate % 10}"
        label = f"replicate {replicate}" if replicate < 10 else None
        axes.plot(epochs, [row["val_accuracy"] for row in history], color=colour, marker=".", label=label)
        axes.plot(epochs, [row["accuracy"] for row in history], color=colour, linestyle=":")
    axes.set(xlabel="epoch", ylabel="accuracy (solid: validation, dotted: train)")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(loc="lower right", fontsize="small")
    return figure


def confusion_matrix(title: str, counts: npt.NDArray[np.float64], labels: list[str]) -> Figure:
    """Draw a confusion matrix [actual][predicted] as shares of the actual class."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = _canvas(title, 5.6)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = range(len(labels))
    axes.set_xticks(places, labels, rotation=45, ha="right")
    axes.set_yticks(places, labels)
    axes.set(xlabel="predicted", ylabel="actual")
    if len(labels) <= MOST_CLASSES_WITH_NUMBERS:
        for actual, predicted in np.ndindex(shares.shape):
            share = shares[actual, predicted]
            axes.text(predicted, actual, f"{share:.2f}", ha="center", va="center", color="wk"[int(share < 0.6)])
    return figure


def _canvas(title: str, width: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, 4.4), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontsize="medium")
    return figure, axes


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG."""
    FigureCanvasAgg(figure).print_png(path)
