"""Validation accuracy by epoch."""

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.blocks import (
    default_pair,
    highlight_params,
    highlighted,
    layered,
    names,
    quantity,
)
from embedding_bench.reporting.vega import Rows, Spec


def epochs(leaderboard: Leaderboard, rows: Rows) -> Spec:
    """Draw the mean over replicates, and each replicate of the highlighted rows.

    `rows` have `variant`, `replicate`, `epoch` and `val_accuracy`.
    """
    x = {**quantity("epoch", "epoch"), "scale": {"nice": False}, "axis": {"tickMinStep": 1, "format": "d"}}
    y = quantity("val_accuracy", "validation accuracy")
    mean = {**y, "aggregate": "mean"}
    tooltip = [
        {"field": "variant"},
        {"field": "epoch"},
        {"field": "val_accuracy", "aggregate": "mean", "format": ".3f", "title": "mean"},
        {"aggregate": "count", "title": "replicates"},
    ]
    layers = [
        {"mark": {"type": "line", "style": "context"}, "encoding": {"detail": {"field": "variant"}, "y": mean}},
        highlighted("line", {"y": y, "detail": {"field": "replicate"}}, strokeWidth=0.8, opacity=0.5),
        highlighted("line", {"y": mean}, strokeWidth=2.5),
        highlighted("point", {"y": mean, "tooltip": tooltip}, filled=True, size=40),
    ]
    spec = layered("Validation accuracy by epoch", rows, layers, {"x": x})
    return {**spec, "height": 280, "params": highlight_params(*default_pair(leaderboard, names(rows)))}
