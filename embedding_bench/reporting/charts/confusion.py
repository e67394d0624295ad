"""Confusion matrices on test."""

from typing import NamedTuple

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.blocks import category, default_pair, layered
from embedding_bench.reporting.vega import Rows, Spec

MOST_NUMBERED = 12  # classes up to which a cell is large enough for a number
DEEP = 0.6  # share from which a cell is too dark for the usual colour of text


class ConfusionMatrix(NamedTuple):
    """Mean counts over replicates and shares of the actual class, [actual][predicted]."""

    names: list[str]
    counts: list[list[float]]
    shares: list[list[float]]


def confusion(leaderboard: Leaderboard, matrices: dict[str, ConfusionMatrix]) -> Spec:
    """Draw the shares of each actual class by predicted class, of the row that the parameter `one` names."""
    values = [
        {
            "variant": name,
            "names": matrix.names,
            "shares": _rounded(matrix.shares),
            "counts": _rounded(matrix.counts),
        }
        for name, matrix in matrices.items()
    ]
    classes = next(iter(matrices.values())).names
    numbered = len(classes) <= MOST_NUMBERED
    transform = [
        {"filter": "datum.variant === one"},
        {"calculate": "datum.names", "as": "predicted"},
        {"flatten": ["names", "shares", "counts"], "as": ["actual", "share", "count"]},
        {"flatten": ["predicted", "share", "count"]},
    ]
    encoding = {
        "x": {
            **category("predicted", classes),
            "axis": {"orient": "top", "labelAngle": -90 if len(classes) > 4 else -30, "labelLimit": 110},
        },
        "y": {**category("actual", classes), "axis": {"labelLimit": 110}},
    }
    return {
        **layered("Confusion matrix", values, _layers(numbered), encoding),
        "transform": transform,
        "height": (40 if numbered else 18) * len(classes),
        "params": [{"name": "one", "value": default_pair(leaderboard, list(matrices))[0]}],
    }


def _layers(numbered: bool) -> Rows:
    """Draw coloured cells, with a number in each or else with a legend."""
    share = {"field": "share", "type": "quantitative"}
    legend = {"format": ".0%", "title": "of the class", "orient": "bottom"}
    tooltip = [
        {"field": "actual"},
        {"field": "predicted"},
        {**share, "format": ".1%"},
        {"field": "count", "type": "quantitative", "format": ".1f"},
    ]
    color = {**share, "scale": {"domain": [0, 1]}, "legend": None if numbered else legend}
    cells = {"mark": "rect", "encoding": {"color": color, "tooltip": tooltip}}
    if not numbered:
        return [cells]
    text = {"text": {**share, "format": ".0%"}, "tooltip": tooltip}
    return [
        cells,
        *(
            {"transform": [{"filter": condition}], "mark": {"type": "text", "style": style}, "encoding": text}
            for condition, style in ((f"datum.share < {DEEP}", "on-pale"), (f"datum.share >= {DEEP}", "on-deep"))
        ),
    ]


def _rounded(matrix: list[list[float]]) -> list[list[float]]:
    """Round to four significant digits: thirty classes times thirty variants are many cells."""
    return [[float(f"{value:.4g}") for value in row] for row in matrix]
