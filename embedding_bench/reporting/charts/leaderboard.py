"""The leaderboard as a picture."""

import json
from statistics import median

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.blocks import SELECTED, category, layered, names, quantity, still, styled_points
from embedding_bench.reporting.vega import Rows, Spec

# A row is left out where it is further below the best one than FAR times the distance of the median row, or than
# FAR times NEAR where the median row is almost as good.
FAR, NEAR = 3, 0.01


def leaderboard_picture(leaderboard: Leaderboard) -> Spec:
    """Draw every row's test accuracy with its interval, the selected one emphasised.

    Rows far below the others, mostly controls, are left out and counted: they would compress the scale.
    """
    accuracies = [row.accuracy.mean for row in leaderboard.rows]
    least = max(accuracies) - FAR * max(max(accuracies) - median(accuracies), NEAR)
    values = [
        {
            "variant": row.name,
            "selected": row.selected,
            "mean": row.accuracy.mean,
            "low": row.accuracy.low,
            "high": row.accuracy.high,
        }
        for row in leaderboard.rows
        if row.accuracy.mean >= least or row.selected
    ]
    name = json.dumps(leaderboard.selected.name)
    bold = {"condition": {"test": f"datum.value === {name}", "value": "bold"}, "value": "normal"}
    y = {**category("variant", names(values)), "axis": {"title": None, "labelLimit": 0, "labelFontWeight": bold}}
    below = len(accuracies) - len(values)
    left_out = [f"{below} row{'s' * (below > 1)} below {least:.3f} left out"] if below else []
    title = {
        "text": f"Test accuracy on {leaderboard.dataset}",
        "subtitle": [
            f"{leaderboard.confidence:.0%} intervals for {leaderboard.covered}; bold: selected on validation",
            *left_out,
        ],
    }
    spec = still(layered("Leaderboard", values, _layers(), {"y": y}), 480)
    return {**spec, "height": 24 * len(values), "title": title}


def _layers() -> Rows:
    x = quantity("mean", "test accuracy")
    limits = {"x": {**x, "field": "low"}, "x2": {"field": "high"}}
    layers: Rows = []
    for condition, style, size in ((f"!{SELECTED}", "muted", 60), (SELECTED, "accent", 110)):
        points = styled_points(condition, style, size)
        rule = {"type": "rule", "style": style, "strokeWidth": 2}
        layers += [{**points, "mark": rule, "encoding": limits}, {**points, "encoding": {"x": x}}]
    return layers
