"""Building blocks of Vega-Lite specifications that charts share."""

from typing import Any

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.vega import VEGA_LITE, Rows, Spec

SELECTED = "datum.selected"
ROLES = {  # colour, and shape for eyes and printers without colour; the page has a legend of its own
    "color": {"field": "role", "type": "nominal", "scale": {"domain": ["one", "other"]}, "legend": None},
    "shape": {
        "field": "role",
        "type": "nominal",
        "scale": {"domain": ["one", "other"], "range": ["circle", "square"]},
        "legend": None,
    },
}
HIGHLIGHTED = [
    {"filter": "datum.variant === one || datum.variant === other"},
    {"calculate": "datum.variant === one ? 'one' : 'other'", "as": "role"},
]


def layered(description: str, values: Rows, layers: Rows, encoding: Spec) -> Spec:
    """Compose layers over the same values, as wide as the page."""
    return {
        "$schema": VEGA_LITE,
        "description": description,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"name": "values", "values": values},
        "encoding": encoding,
        "layer": layers,
    }


def still(spec: Spec, width: int) -> Spec:
    """Set a width in pixels in place of the page's."""
    return {**spec, "width": width, "autosize": "pad"}


def highlighted(mark: str, encoding: Spec, **properties: Any) -> Spec:
    """Draw a mark for the two highlighted rows."""
    roles = ROLES if mark == "point" else {"color": ROLES["color"]}
    return {"transform": HIGHLIGHTED, "mark": {"type": mark, **properties}, "encoding": {**roles, **encoding}}


def highlight_params(one: str, other: str) -> Rows:
    """Name the two rows that are highlighted at first."""
    return [{"name": "one", "value": one}, {"name": "other", "value": other}]


def styled_points(condition: str, style: str, size: int) -> Spec:
    """Draw the rows that fulfil a condition as points of a style."""
    return {
        "transform": [{"filter": condition}],
        "mark": {"type": "point", "filled": True, "opacity": 1, "style": style, "size": size},
    }


def quantity(field: str, title: str) -> Spec:
    """Encode a number on an axis that need not begin at 0."""
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False}}


def category(field: str, order: list[str]) -> Spec:
    """Encode a name, in this order."""
    return {"field": field, "type": "nominal", "sort": order}


def tooltips(*plain: str, **formats: str) -> Rows:
    """List the fields of a tooltip: names as they are, numbers by their formats."""
    numbers = [
        {"field": field, "type": "quantitative", "format": form, "title": field.replace("_", " ")}
        for field, form in formats.items()
    ]
    return [*({"field": field} for field in plain), *numbers]


def names(rows: Rows) -> list[str]:
    """Return the row names of a chart's values."""
    return [row["variant"] for row in rows]


def default_pair(leaderboard: Leaderboard, among: list[str]) -> tuple[str, str]:
    """Choose the rows that are highlighted at first: the selected row, and the best baseline or else another row."""
    rows = sorted(leaderboard.rows, key=lambda row: (not row.is_baseline, row.rank))
    first = next(name for name in [leaderboard.selected.name, *among] if name in among)
    rest = [row.name for row in rows if row.name in among and row.name != first]
    return first, next(iter(rest), first)
