"""Main effects and interactions of the axes, in points of accuracy."""

from embedding_bench.reporting.charts.blocks import layered, quantity, tooltips
from embedding_bench.reporting.vega import Rows, Spec


def effects(rows: Rows, confidence: float) -> Spec:
    """Draw the effect of each value of an axis; `rows` are those of analysis.json."""
    named = [{"name": f"{row['value']}\n{row['axis']}", **row} for row in rows]
    return _contrasts("Effect of each value of an axis", named, confidence)


def interactions(rows: Rows, confidence: float) -> Spec:
    """Draw the interaction of each pair of values; `rows` are those of analysis.json."""
    named = [{"name": "\nwith ".join(row["values"]), **row} for row in rows]
    return _contrasts("Interactions of two axes", named, confidence)


def _contrasts(description: str, rows: Rows, confidence: float) -> Spec:
    """Draw means and intervals about 0; points are filled where Holm's p value is below 1 - `confidence`."""
    values = [
        {
            "name": row["name"],
            "p_value": row["p_value"],
            "clear": row["p_value"] < 1 - confidence,
            **{key: round(100 * row[key], 4) for key in ("mean", "low", "high")},
        }
        for row in rows
    ]
    y = {
        "field": "name",
        "type": "nominal",
        "sort": [value["name"] for value in values],
        "axis": {"title": None, "labelExpr": "split(datum.label, '\\n')", "labelLimit": 190},
    }
    x = {**quantity("mean", "points of accuracy"), "axis": {"format": "+.1~f"}}
    tooltip = tooltips("name", mean="+.2f", low="+.2f", high="+.2f", p_value=".4f")
    layers: Rows = [
        {"mark": {"type": "rule", "style": "zero"}, "encoding": {"x": {"datum": 0}, "y": None}},
        {
            "mark": {"type": "rule", "style": "accent"},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
    ]
    if any(value["clear"] for value in values):  # Vega warns of layers without data
        layers.append(_means("datum.clear", x, tooltip, style="accent", filled=True))
    if not all(value["clear"] for value in values):
        layers.append(_means("!datum.clear", x, tooltip, style="hollow", filled=False))
    return {**layered(description, values, layers, {"y": y}), "height": 36 * len(values)}


def _means(condition: str, x: Spec, tooltip: Rows, style: str, filled: bool) -> Spec:
    mark = {"type": "point", "style": style, "filled": filled, "size": 70, "opacity": 1}
    return {"transform": [{"filter": condition}], "mark": mark, "encoding": {"x": x, "tooltip": tooltip}}
