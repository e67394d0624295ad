"""The map of words as a picture, with labels that do not overlap."""

from typing import Any

from embedding_bench.reporting.vega import VEGA, Rows, Spec

LABELLED = 300  # words that get a label where there is room
SIZE = 800  # pixels


def map_picture(word_map: dict[str, Any], tuning: str) -> Spec:
    """Draw the words of `reporting.word_map` in two dimensions; `tuning` is `before` or `after`."""
    classes, values = word_map["classes"], _words(word_map, tuning)
    return {
        "$schema": VEGA,
        "description": f"{word_map['method']} of words, {tuning} tuning",
        "width": SIZE,
        "height": SIZE,
        "padding": 10,
        "title": {
            "text": f"{word_map['variant']}, {tuning} tuning",
            "subtitle": f"{word_map['method']} of {len(values):,} words; colour: the class that uses a word most",
        },
        "data": [{"name": "words", "values": values}, {"name": "labelled", "values": values[:LABELLED]}],
        "scales": [
            {"name": "x", "domain": [0, 1], "range": "width"},
            {"name": "y", "domain": [0, 1], "range": "height"},
            {"name": "class", "type": "ordinal", "domain": classes, "range": "category"},
            {"name": "share", "domain": [1 / len(classes), 1], "range": [0.25, 0.95], "clamp": True},
        ],
        "legends": [{"fill": "class", "orient": "bottom", "columns": 5, "direction": "horizontal"}],
        "marks": _marks(),
    }


def unit_square(points: list[list[float]]) -> list[tuple[float, float]]:
    """Move and scale points into the unit square, with equal scales, y downwards as on a screen.

    >>> unit_square([[-10, 0], [10, 5], [0, 10]])
    [(0.0, 0.75), (1.0, 0.5), (0.5, 0.25)]
    """
    across, up = zip(*points, strict=True)
    extent = max(max(across) - min(across), max(up) - min(up)) or 1
    left, top = (min(across) + max(across) - extent) / 2, (min(up) + max(up) + extent) / 2
    return [(round((x - left) / extent, 4), round((top - y) / extent, 4)) for x, y in points]


def _words(word_map: dict[str, Any], tuning: str) -> Rows:
    """List the words; frequent words of one class come first, so that they get their labels first."""
    classes = word_map["classes"]
    columns = (
        word_map["words"],
        unit_square(word_map[tuning]),
        word_map["affinity"],
        word_map["affinity_share"],
        word_map["counts"],
    )
    values = [
        {
            "word": word,
            "x": x,
            "y": 1 - y,
            "class": classes[label],
            "share": share,
            "weight": count * (share - 1 / len(classes)),
        }
        for word, (x, y), label, share, count in zip(*columns, strict=True)
    ]
    return sorted(values, key=lambda value: -value["weight"])


def _marks() -> Rows:
    """Draw a dot for each word, and labels beside as many as have room."""
    position = {"x": {"scale": "x", "field": "x"}, "y": {"scale": "y", "field": "y"}}
    colour = {"scale": "class", "field": "class"}
    dots = {"size": {"value": 14}, "fill": colour, "fillOpacity": {"scale": "share", "field": "share"}}
    anchors = {"size": {"value": 4}, "fill": colour}
    labels = {
        "type": "label",
        "size": [SIZE, SIZE],
        "avoidBaseMark": False,  # vl-convert has no canvas to find it with
        "offset": [2],
        "anchor": ["right", "left", "top", "bottom"],
        "padding": 0,
    }
    return [
        {"type": "symbol", "from": {"data": "words"}, "encode": {"enter": {**position, **dots}}},
        {
            "name": "anchors",
            "type": "symbol",
            "from": {"data": "labelled"},
            "encode": {"enter": {**position, **anchors}},
        },
        {
            "type": "text",
            "style": "label",
            "from": {"data": "anchors"},
            "encode": {"enter": {"text": {"field": "datum.word"}, "fontSize": {"value": 11}}},
            "transform": [labels],
        },
    ]
