"""Learning curves: test accuracy by the number of labels."""

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.blocks import (
    ROLES,
    default_pair,
    highlight_params,
    highlighted,
    layered,
    quantity,
    still,
    tooltips,
)
from embedding_bench.reporting.vega import Spec


def has_curves(leaderboard: Leaderboard) -> bool:
    """Return whether any row was trained on fewer labels."""
    return any(len(row.learning_curve) > 1 for row in leaderboard.rows)


def learning(leaderboard: Leaderboard) -> Spec:
    """Draw test accuracy by the number of labels, on a logarithmic axis."""
    values = [{"variant": row.name, **point.model_dump()} for row in leaderboard.rows for point in row.learning_curve]
    labels = sorted({point["labels"] for point in values})
    x = {
        **quantity("labels", "labelled texts in train"),
        "scale": {"type": "log", "nice": False},
        "axis": {"values": labels, "format": ",d", "labelOverlap": True},
    }
    y = quantity("mean", "test accuracy")
    tooltip = tooltips("variant", labels=",d", mean=".3f", low=".3f", high=".3f")
    layers = [
        {"mark": {"type": "line", "style": "context"}, "encoding": {"detail": {"field": "variant"}, "y": y}},
        {"mark": {"type": "point", "style": "context", "size": 25}, "encoding": {"y": y, "tooltip": tooltip}},
        highlighted("area", {"y": {**y, "field": "low"}, "y2": {"field": "high"}}, opacity=0.18),
        highlighted("line", {"y": y}, strokeWidth=2),
        highlighted("point", {"y": y, "tooltip": tooltip}, filled=True, size=60),
    ]
    spec = layered("Test accuracy by the number of labels", values, layers, {"x": x})
    pairs = leaderboard.learning
    pair = (pairs[0].first, pairs[0].second) if pairs else default_pair(leaderboard, leaderboard.names)
    return {**spec, "height": 320, "params": highlight_params(*pair)}


def learning_picture(leaderboard: Leaderboard) -> Spec:
    """Draw the learning curves with a title and a legend of the two highlighted rows."""
    title = {
        "text": f"Test accuracy by labels on {leaderboard.dataset}",
        "subtitle": f"{leaderboard.confidence:.0%} intervals for {leaderboard.covered}",
    }
    spec = still(learning(leaderboard), 640)
    legend = {
        "title": None,
        "labelExpr": "datum.value === 'one' ? one : other",
        "orient": "top",
        "columns": 1,
        "labelLimit": 0,
        "symbolOpacity": 1,
    }
    for layer in spec["layer"]:
        keyed = {
            channel: {**layer["encoding"][channel], "legend": legend}
            for channel in ROLES
            if channel in layer["encoding"]
        }
        layer["encoding"] = {**layer["encoding"], **keyed}
    return {**spec, "title": title}
