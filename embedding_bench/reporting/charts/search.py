"""The expected best score on validation by the number of trials."""

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


def expected_best(leaderboard: Leaderboard) -> Spec:
    """Draw how the best of n drawn settings grows with n: where curves have crossed or still rise, more would tell."""
    values: Rows = [
        {"variant": row.name, **point.model_dump()}
        for row in leaderboard.rows
        if row.search
        for point in row.search.expected_best
    ]
    counts = sorted({point["trials"] for point in values})
    axis = {"values": counts, "format": "d", "labelOverlap": True}
    x = {**quantity("trials", "drawn settings"), "scale": {"nice": False}, "axis": axis}
    y = quantity("mean", f"{leaderboard.criterion} on validation")
    tooltip = tooltips("variant", trials="d", mean=".3f", low=".3f", high=".3f")
    layers = [
        {"mark": {"type": "line", "style": "context"}, "encoding": {"detail": {"field": "variant"}, "y": y}},
        highlighted("area", {"y": {**y, "field": "low"}, "y2": {"field": "high"}}, opacity=0.18),
        highlighted("line", {"y": y}, strokeWidth=2),
        highlighted("point", {"y": y, "tooltip": tooltip}, filled=True, size=40),
    ]
    spec = layered("Expected best score on validation by the number of drawn settings", values, layers, {"x": x})
    return {**spec, "height": 280, "params": highlight_params(*default_pair(leaderboard, names(values)))}
