"""Test accuracy by class and by length of text."""

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.blocks import (
    category,
    default_pair,
    highlight_params,
    highlighted,
    layered,
    names,
    quantity,
    tooltips,
)
from embedding_bench.reporting.vega import Rows, Spec


def by_class(leaderboard: Leaderboard, rows: Rows) -> Spec:
    """Draw the accuracy on the texts of each class; `rows` are those of analysis.json."""
    values = [{"variant": row["variant"], "group": group["class"], **group} for row in rows for group in row["classes"]]
    return _groups("Accuracy by class", values, default_pair(leaderboard, names(rows)))


def by_length(leaderboard: Leaderboard, rows: Rows) -> Spec:
    """Draw the accuracy on each group of lengths; `rows` are those of analysis.json."""
    values = [
        {"variant": row["variant"], "group": _span(group["from"], group["to"]), **group}
        for row in rows
        for group in row["lengths"]
    ]
    return _groups("Accuracy by length", values, default_pair(leaderboard, names(rows)))


def _span(least: int, most: int) -> str:
    return f"{least:,} tokens" if least == most else f"{least:,} to {most:,} tokens"


def _groups(description: str, rows: Rows, pair: tuple[str, str]) -> Spec:
    """Draw means and intervals of the two highlighted rows beside each other, for every group of texts."""
    values = [{key: row[key] for key in ("variant", "group", "texts", "mean", "low", "high")} for row in rows]
    order = list(dict.fromkeys(row["group"] for row in values))
    y = {**category("group", order), "axis": {"title": None, "labelLimit": 130}}
    x = quantity("mean", "test accuracy")
    shared = {"y": y, "yOffset": {"field": "role", "scale": {"domain": ["one", "other"]}}}
    tooltip = tooltips("variant", "group", texts=",d", mean=".3f", low=".3f", high=".3f")
    layers = [
        highlighted("rule", {**shared, "x": {**x, "field": "low"}, "x2": {"field": "high"}}, strokeWidth=2),
        highlighted("point", {**shared, "x": x, "tooltip": tooltip}, filled=True, size=70, opacity=1),
    ]
    spec = layered(description, values, layers, {})
    return {**spec, "height": 34 * len(order), "params": highlight_params(*pair)}
