"""Reliability diagram: accuracy by confidence."""

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.blocks import (
    default_pair,
    highlight_params,
    highlighted,
    layered,
    names,
    quantity,
    tooltips,
)
from embedding_bench.reporting.vega import Rows, Spec


def calibration(leaderboard: Leaderboard, rows: Rows) -> Spec:
    """Draw accuracy by confidence (Guo et al., 2017); on the diagonal a row is calibrated."""
    values = [{"variant": row["variant"], **bin_} for row in rows for bin_ in row["reliability"]]
    x = {**quantity("confidence", "mean confidence"), "scale": {"domain": [0, 1]}}
    y = {**quantity("accuracy", "accuracy"), "scale": {"domain": [0, 1]}}
    size = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1], "range": [20, 500]}, "legend": None}
    tooltip = tooltips("variant", confidence=".3f", accuracy=".3f", share=".1%")
    diagonal = {"x": {"datum": 0}, "x2": {"datum": 1}, "y": {"datum": 0}, "y2": {"datum": 1}}
    layers = [
        {"mark": {"type": "rule", "style": "zero"}, "encoding": diagonal},
        highlighted("line", {"x": x, "y": y}, strokeWidth=1.5),
        highlighted("point", {"x": x, "y": y, "size": size, "tooltip": tooltip}, filled=True, opacity=0.85),
    ]
    spec = layered("Reliability diagram", values, layers, {})
    return {**spec, "height": 360, "params": highlight_params(*default_pair(leaderboard, names(rows)))}
