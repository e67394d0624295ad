"""Coverage of a split by each embedding."""

from embedding_bench.reporting.charts.blocks import category, layered, tooltips
from embedding_bench.reporting.vega import Rows, Spec

UNITS = ("tokens", "types")


def coverage(rows: Rows, split: str) -> Spec:
    """Draw the shares of a split's tokens and types with a vector, by kind of match; `rows` as in coverage.json."""
    values = [
        {"name": f"{row['embedding']}\n{unit}", "match": match, "share": share}
        for row in rows
        for unit in UNITS
        for match, share in row["splits"][split][unit]["by_match"].items()
    ]
    order = [f"{row['embedding']}\n{unit}" for row in rows for unit in UNITS]
    y = {
        **category("name", order),
        "scale": {"domain": order},
        "axis": {"title": None, "labelExpr": "split(datum.label, '\\n')", "labelLimit": 190},
    }
    x = {
        "field": "share",
        "type": "quantitative",
        "title": f"share of {split}",
        "scale": {"domain": [0, 1]},
        "axis": {"format": "%"},
    }
    bars = {
        "mark": {"type": "bar", "height": 14},
        "encoding": {
            "x": x,
            "color": {"field": "match", "legend": {"title": "found by", "orient": "top"}},
            "tooltip": tooltips("name", "match", share=".2%"),
        },
    }
    return {**layered("Coverage", values, [bars], {"y": y}), "height": 34 * len(order)}
