"""Test accuracy against cost, with the Pareto frontier."""

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.blocks import SELECTED, layered, quantity, styled_points, tooltips
from embedding_bench.reporting.vega import Rows, Spec


def frontier(leaderboard: Leaderboard, cost: str, title: str) -> Spec:
    """Draw accuracy by `cost`, a field of the values; points are labelled by their rank on the leaderboard.

    The page adds `microseconds_per_text` and `training_seconds` to the values, because hashed files hold no timings.
    """
    values = [
        {
            "rank": rank,
            "variant": row.name,
            "parameters": max(row.parameters, 1),  # a logarithmic axis has no 0
            "selected": row.selected,
            "kind": "baseline" if row.is_baseline else "variant",
            "mean": row.accuracy.mean,
            "low": row.accuracy.low,
            "high": row.accuracy.high,
        }
        for rank, row in enumerate(leaderboard.rows, 1)
    ]
    transform = [
        {"filter": f"datum.{cost} > 0"},
        {
            "window": [{"op": "max", "field": "mean", "as": "best"}],
            "sort": [{"field": cost, "order": "ascending"}, {"field": "mean", "order": "descending"}],
            "frame": [None, 0],
        },
    ]
    x = {
        **quantity(cost, title),
        "scale": {"type": "log", "nice": False, "padding": 20},
        "axis": {"format": "~s", "labelOverlap": True, "grid": False},
    }
    spec = layered(f"Accuracy by {title}", values, _layers(), {"x": x})
    return {**spec, "transform": transform, "height": 360}


def _layers() -> Rows:
    """Draw the frontier, intervals, points and their labels."""
    y = quantity("mean", "test accuracy")
    numbers = dict.fromkeys(("mean", "low", "high"), ".3f")
    tooltip = tooltips("variant", **numbers, parameters=",d", microseconds_per_text=",.1f", training_seconds=",.1f")
    shape = {"field": "kind", "scale": {"domain": ["variant", "baseline"], "range": ["circle", "square"]}}
    encoding = {"y": y, "tooltip": tooltip, "shape": {**shape, "legend": {"title": None, "orient": "top"}}}
    return [
        {
            "transform": [{"filter": "datum.mean >= datum.best"}],
            "mark": {"type": "line", "style": "zero", "interpolate": "step-after"},
            "encoding": {"y": y},
        },
        {
            "mark": {"type": "rule", "style": "context"},
            "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {**styled_points(f"!{SELECTED}", "muted", 60), "encoding": encoding},
        {**styled_points(SELECTED, "accent", 130), "encoding": encoding},
        {
            "mark": {"type": "text", "style": "label", "dx": 7, "dy": -7, "align": "left"},
            "encoding": {"y": y, "text": {"field": "rank"}},
        },
    ]
