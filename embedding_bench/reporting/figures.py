"""What the report's figures show, as Vega-Lite and Vega specs; colours and fonts come from a theme, not from here.

Figures of several rows are drawn by two parameters, `one` and `other`: the names of the rows that are lifted out. The
page sets them by a select.
"""

import json
from statistics import median
from typing import Any

Spec = dict[str, Any]
Rows = list[dict[str, Any]]

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.json"
VEGA = "https://vega.github.io/schema/vega/v6.json"
MOST_NUMBERED = 12  # classes, for figures to fit into a matrix's cells
DEEP = 0.6  # share from which a cell's colour is too deep for the figure's usual colour
LABELLED, MAP_SIZE = 300, 800  # words that are tried on the static map, and its pixels
FAR, NEAR = 3, 0.01  # times the best row's lead over the middle one, or over rows that are as good as it
SELECTED = "datum.selected"
ROLES = {  # what a row is lifted out by: colour, and shape for eyes and printers without colour; the page has a key
    "color": {"field": "role", "type": "nominal", "scale": {"domain": ["one", "other"]}, "legend": None},
    "shape": {
        "field": "role",
        "type": "nominal",
        "scale": {"domain": ["one", "other"], "range": ["circle", "square"]},
        "legend": None,
    },
}
LIFTED = [
    {"filter": "datum.variant === one || datum.variant === other"},
    {"calculate": "datum.variant === one ? 'one' : 'other'", "as": "role"},
]


def has_curves(board: dict[str, Any]) -> bool:
    """Tell whether anything was trained on fewer labels, too."""
    return any(len(row["learning_curve"]) > 1 for row in board["rows"])


def learning(board: dict[str, Any]) -> Spec:
    """Test accuracy by the number of labels, on a logarithmic axis."""
    values = [{"variant": row["variant"], **point} for row in board["rows"] for point in row["learning_curve"]]
    labels = sorted({point["labels"] for point in values})
    x = {
        **quantity("labels", "labelled texts in train"),
        "scale": {"type": "log", "nice": False},
        "axis": {"values": labels, "format": ",d", "labelOverlap": True},
    }
    y = quantity("mean", "test accuracy")
    tooltip = tips("variant", labels=",d", mean=".3f", low=".3f", high=".3f")
    layers = [
        {"mark": {"type": "line", "style": "context"}, "encoding": {"detail": {"field": "variant"}, "y": y}},
        {"mark": {"type": "point", "style": "context", "size": 25}, "encoding": {"y": y, "tooltip": tooltip}},
        lifted("area", {"y": {**y, "field": "low"}, "y2": {"field": "high"}}, opacity=0.18),
        lifted("line", {"y": y}, strokeWidth=2),
        lifted("point", {"y": y, "tooltip": tooltip}, filled=True, size=60),
    ]
    spec = layered("Test accuracy by the number of labels", values, layers, {"x": x})
    pairs = board.get("learning") or []
    told = (pairs[0]["one"], pairs[0]["other"]) if pairs else pair(board, names(board["rows"]))
    return {**spec, "height": 320, "params": lifting(*told)}


def epochs(board: dict[str, Any], rows: Rows) -> Spec:
    """Validation accuracy by epoch: the mean over replicates, and each replicate of the rows that are lifted out."""
    x = {**quantity("epoch", "epoch"), "scale": {"nice": False}, "axis": {"tickMinStep": 1, "format": "d"}}
    y = quantity("val_accuracy", "validation accuracy")
    mean = {**y, "aggregate": "mean"}
    tooltip = [
        {"field": "variant"},
        {"field": "epoch"},
        {"field": "val_accuracy", "aggregate": "mean", "format": ".3f", "title": "mean"},
        {"aggregate": "count", "title": "replicates"},
    ]
    layers = [
        {"mark": {"type": "line", "style": "context"}, "encoding": {"detail": {"field": "variant"}, "y": mean}},
        lifted("line", {"y": y, "detail": {"field": "replicate"}}, strokeWidth=0.8, opacity=0.5),
        lifted("line", {"y": mean}, strokeWidth=2.5),
        lifted("point", {"y": mean, "tooltip": tooltip}, filled=True, size=40),
    ]
    spec = layered("Validation accuracy by epoch", rows, layers, {"x": x})
    return {**spec, "height": 280, "params": lifting(*pair(board, names(rows)))}


def effects(rows: Rows, level: float) -> Spec:
    """What each value of an axis adds to the mean accuracy of all variants, in points."""
    named = [{"name": f"{row['value']}\n{row['axis']}", **row} for row in rows]
    return contrasts("Effect of each value of an axis", named, level)


def interactions(rows: Rows, level: float) -> Spec:
    """What two values add together beyond the sum of their effects, in points."""
    named = [{"name": "\nwith ".join(row["values"]), **row} for row in rows]
    return contrasts("Interactions of two axes", named, level)


def contrasts(description: str, rows: Rows, level: float) -> Spec:
    """Points and intervals about 0; filled where Holm's p value is below 1 - `level`."""
    values = [
        {
            "name": row["name"],
            "p_value": row["p_value"],
            "clear": row["p_value"] < 1 - level,
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
    tooltip = tips("name", mean="+.2f", low="+.2f", high="+.2f", p_value=".4f")
    layers: Rows = [
        {"mark": {"type": "rule", "style": "zero"}, "encoding": {"x": {"datum": 0}, "y": None}},
        {
            "mark": {"type": "rule", "style": "accent"},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
    ]
    if any(value["clear"] for value in values):  # Vega warns of layers without data
        layers.append(point("datum.clear", x, tooltip, style="accent", filled=True))
    if not all(value["clear"] for value in values):
        layers.append(point("!datum.clear", x, tooltip, style="hollow", filled=False))
    return {**layered(description, values, layers, {"y": y}), "height": 36 * len(values)}


def confusion(board: dict[str, Any], matrices: dict[str, dict[str, Any]]) -> Spec:
    """Which class is taken for which: shares of the actual class, of the row `one`."""
    values = [
        {
            "variant": name,
            "names": found["names"],
            "shares": figures(found["shares"]),
            "counts": figures(found["counts"]),
        }
        for name, found in matrices.items()
    ]
    classes = values[0]["names"]
    small = len(classes) <= MOST_NUMBERED
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
    share = {"field": "share", "type": "quantitative"}
    key = {"format": ".0%", "title": "of the class", "orient": "bottom"}
    tooltip = [
        {"field": "actual"},
        {"field": "predicted"},
        {**share, "format": ".1%"},
        {"field": "count", "type": "quantitative", "format": ".1f"},
    ]
    layers: Rows = [
        {
            "mark": "rect",
            "encoding": {
                "color": {**share, "scale": {"domain": [0, 1]}, "legend": None if small else key},
                "tooltip": tooltip,
            },
        }
    ]
    if small:
        text = {"text": {**share, "format": ".0%"}, "tooltip": tooltip}
        layers += [
            {"transform": [{"filter": where}], "mark": {"type": "text", "style": style}, "encoding": text}
            for where, style in ((f"datum.share < {DEEP}", "on-pale"), (f"datum.share >= {DEEP}", "on-deep"))
        ]
    spec = layered("Confusion matrix", values, layers, encoding)
    params = [{"name": "one", "value": pair(board, list(matrices))[0]}]
    return {
        **spec,
        "transform": transform,
        "height": (40 if small else 18) * len(classes),
        "params": params,
    }


def by_class(board: dict[str, Any], rows: Rows) -> Spec:
    """Accuracy on the texts of each class."""
    values = [{"variant": row["variant"], "group": group["class"], **group} for row in rows for group in row["classes"]]
    return groups("Accuracy by class", values, pair(board, names(rows)))


def by_length(board: dict[str, Any], rows: Rows) -> Spec:
    """Accuracy on short and on long texts."""
    values = [
        {"variant": row["variant"], "group": span(group["from"], group["to"]), **group}
        for row in rows
        for group in row["lengths"]
    ]
    return groups("Accuracy by length", values, pair(board, names(rows)))


def span(least: int, most: int) -> str:
    """Name a range of tokens."""
    return f"{least:,} tokens" if least == most else f"{least:,} to {most:,} tokens"


def groups(description: str, rows: Rows, chosen: tuple[str, str]) -> Spec:
    """Points and intervals of two rows beside each other, for every group of texts."""
    values = [{key: row[key] for key in ("variant", "group", "texts", "mean", "low", "high")} for row in rows]
    order = list(dict.fromkeys(row["group"] for row in values))
    y = {**category("group", order), "axis": {"title": None, "labelLimit": 130}}
    x = quantity("mean", "test accuracy")
    shared = {"y": y, "yOffset": {"field": "role", "scale": {"domain": ["one", "other"]}}}
    tooltip = tips("variant", "group", texts=",d", mean=".3f", low=".3f", high=".3f")
    layers = [
        lifted("rule", {**shared, "x": {**x, "field": "low"}, "x2": {"field": "high"}}, strokeWidth=2),
        lifted("point", {**shared, "x": x, "tooltip": tooltip}, filled=True, size=70, opacity=1),
    ]
    spec = layered(description, values, layers, {})
    return {**spec, "height": 34 * len(order), "params": lifting(*chosen)}


def calibration(board: dict[str, Any], rows: Rows) -> Spec:
    """Accuracy by confidence; on the diagonal a row is as right as it is sure of itself."""
    values = [{"variant": row["variant"], **place} for row in rows for place in row["reliability"]]
    x = {**quantity("confidence", "mean confidence"), "scale": {"domain": [0, 1]}}
    y = {**quantity("accuracy", "accuracy"), "scale": {"domain": [0, 1]}}
    size = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1], "range": [20, 500]}, "legend": None}
    tooltip = tips("variant", confidence=".3f", accuracy=".3f", share=".1%")
    diagonal = {"x": {"datum": 0}, "x2": {"datum": 1}, "y": {"datum": 0}, "y2": {"datum": 1}}
    layers = [
        {"mark": {"type": "rule", "style": "zero"}, "encoding": diagonal},
        lifted("line", {"x": x, "y": y}, strokeWidth=1.5),
        lifted("point", {"x": x, "y": y, "size": size, "tooltip": tooltip}, filled=True, opacity=0.85),
    ]
    spec = layered("Reliability diagram", values, layers, {})
    return {**spec, "height": 360, "params": lifting(*pair(board, names(rows)))}


def frontier(board: dict[str, Any], cost: str, title: str) -> Spec:
    """Accuracy against what it costs, `cost` being a field of the data; the line joins those that nothing beats.

    Points bear their place on the leaderboard.
    """
    values = [
        {
            "place": place,
            "variant": row["variant"],
            "parameters": max(row["parameters"], 1),  # 0 has no place on a logarithmic axis
            "selected": row["selected"],
            "kind": "baseline" if is_baseline(row) else "variant",
            **{key: row["accuracy"][key] for key in ("mean", "low", "high")},
        }
        for place, row in enumerate(board["rows"], 1)
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
    y = quantity("mean", "test accuracy")
    tooltip = tips(
        "variant",
        mean=".3f",
        low=".3f",
        high=".3f",
        parameters=",d",
        microseconds_per_text=",.1f",
        training_seconds=",.1f",
    )
    shape = {"field": "kind", "scale": {"domain": ["variant", "baseline"], "range": ["circle", "square"]}}
    encoding = {"y": y, "tooltip": tooltip, "shape": {**shape, "legend": {"title": None, "orient": "top"}}}
    layers: Rows = [
        {
            "transform": [{"filter": "datum.mean >= datum.best"}],
            "mark": {"type": "line", "style": "zero", "interpolate": "step-after"},
            "encoding": {"y": y},
        },
        {
            "mark": {"type": "rule", "style": "context"},
            "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {**marked(f"!{SELECTED}", "muted", 60), "encoding": encoding},
        {**marked(SELECTED, "accent", 130), "encoding": encoding},
        {
            "mark": {"type": "text", "style": "label", "dx": 7, "dy": -7, "align": "left"},
            "encoding": {"y": y, "text": {"field": "place"}},
        },
    ]
    return {**layered(f"Accuracy by {title}", values, layers, {"x": x}), "transform": transform, "height": 360}


def coverage(rows: Rows, split: str) -> Spec:
    """Shares of a split's tokens and types that got a vector, by how they were found."""
    values = [
        {"name": f"{row['embedding']}\n{what}", "match": match, "share": share}
        for row in rows
        for what in ("tokens", "types")
        for match, share in row["splits"][split][what]["by_match"].items()
    ]
    order = [f"{row['embedding']}\n{what}" for row in rows for what in ("tokens", "types")]
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
    layers = [
        {
            "mark": {"type": "bar", "height": 14},
            "encoding": {
                "x": x,
                "color": {"field": "match", "legend": {"title": "found by", "orient": "top"}},
                "tooltip": tips("name", "match", share=".2%"),
            },
        }
    ]
    return {**layered("Coverage", values, layers, {"y": y}), "height": 34 * len(order)}


def pictures_of(board: dict[str, Any]) -> dict[str, Spec]:
    """Draw the leaderboard, and the learning curves where there are any."""
    return {
        "leaderboard": leaderboard_picture(board),
        **({"learning": learning_picture(board)} if has_curves(board) else {}),
    }


def leaderboard_picture(board: dict[str, Any]) -> Spec:
    """Every row's test accuracy with its interval, the selected one emphasised.

    Rows far below the others (controls, mostly) are left out, and counted: they would push the others together.
    """
    reached = [row["accuracy"]["mean"] for row in board["rows"]]
    least = max(reached) - FAR * max(max(reached) - median(reached), NEAR)
    values = [
        {
            "variant": row["variant"],
            "selected": row["selected"],
            **{key: row["accuracy"][key] for key in ("mean", "low", "high")},
        }
        for row in board["rows"]
        if row["accuracy"]["mean"] >= least or row["selected"]
    ]
    chosen = json.dumps(selected(board))
    bold = {"condition": {"test": f"datum.value === {chosen}", "value": "bold"}, "value": "normal"}
    y = {**category("variant", names(values)), "axis": {"title": None, "labelLimit": 0, "labelFontWeight": bold}}
    x = quantity("mean", "test accuracy")
    layers: Rows = []
    for where, style, size in ((f"!{SELECTED}", "muted", 60), (SELECTED, "accent", 110)):
        limits = {"x": {**x, "field": "low"}, "x2": {"field": "high"}}
        layers += [
            {
                **marked(where, style, size),
                "mark": {"type": "rule", "style": style, "strokeWidth": 2},
                "encoding": limits,
            },
            {**marked(where, style, size), "encoding": {"x": x}},
        ]
    spec = layered("Leaderboard", values, layers, {"y": y})
    below = len(reached) - len(values)
    left_out = [f"{below} row{'s' * (below > 1)} below {least:.3f} left out"] if below else []
    title = {
        "text": f"Test accuracy on {board['dataset']}",
        "subtitle": [
            f"{board['confidence']:.0%} intervals for new texts and seeds; bold: selected on validation",
            *left_out,
        ],
    }
    return {**still(spec, 480), "height": 24 * len(values), "title": title}


def learning_picture(board: dict[str, Any]) -> Spec:
    """The learning curves, two of them lifted out."""
    title = {
        "text": f"Test accuracy by labels on {board['dataset']}",
        "subtitle": f"{board['confidence']:.0%} intervals for new texts and seeds",
    }
    spec = still(learning(board), 640)
    key = {
        "title": None,
        "labelExpr": "datum.value === 'one' ? one : other",
        "orient": "top",
        "columns": 1,
        "labelLimit": 0,
        "symbolOpacity": 1,
    }
    for layer in spec["layer"]:
        keyed = {
            channel: {**layer["encoding"][channel], "legend": key} for channel in ROLES if channel in layer["encoding"]
        }
        layer["encoding"] = {**layer["encoding"], **keyed}
    return {**spec, "title": title}


def still(spec: Spec, width: int) -> Spec:
    """Give a figure a width in pixels in place of the page's."""
    return {**spec, "width": width, "autosize": "pad"}


def map_picture(word_map: dict[str, Any], which: str) -> Spec:
    """Draw the words in two dimensions, `before` or `after` tuning, with labels as far as they do not overlap."""
    classes, values = word_map["classes"], placed_words(word_map, which)
    return {
        "$schema": VEGA,
        "description": f"{word_map['method']} of words, {which} tuning",
        "width": MAP_SIZE,
        "height": MAP_SIZE,
        "padding": 10,
        "title": {
            "text": f"{word_map['variant']}, {which} tuning",
            "subtitle": f"{word_map['method']} of {len(values):,} words; colour: the class that a word leans to",
        },
        "data": [{"name": "words", "values": values}, {"name": "labelled", "values": values[:LABELLED]}],
        "scales": [
            {"name": "x", "domain": [0, 1], "range": "width"},
            {"name": "y", "domain": [0, 1], "range": "height"},
            {"name": "class", "type": "ordinal", "domain": classes, "range": "category"},
            {"name": "share", "domain": [1 / len(classes), 1], "range": [0.25, 0.95], "clamp": True},
        ],
        "legends": [{"fill": "class", "orient": "bottom", "columns": 5, "direction": "horizontal"}],
        "marks": map_marks(),
    }


def placed_words(word_map: dict[str, Any], which: str) -> Rows:
    """Lay out the words of a map; frequent ones that lean to a class come first, and so get their labels first."""
    classes = word_map["classes"]
    columns = (
        word_map["words"],
        unit(word_map[which]),
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


def map_marks() -> Rows:
    """Draw a dot for each word, and labels beside as many as have room."""
    place = {"x": {"scale": "x", "field": "x"}, "y": {"scale": "y", "field": "y"}}
    colour = {"scale": "class", "field": "class"}
    dots = {"size": {"value": 14}, "fill": colour, "fillOpacity": {"scale": "share", "field": "share"}}
    anchors = {"size": {"value": 4}, "fill": colour}
    beside = {
        "type": "label",
        "size": [MAP_SIZE, MAP_SIZE],
        "avoidBaseMark": False,  # vl-convert has no canvas to find it with
        "offset": [2],
        "anchor": ["right", "left", "top", "bottom"],
        "padding": 0,
    }
    return [
        {"type": "symbol", "from": {"data": "words"}, "encode": {"enter": {**place, **dots}}},
        {"name": "anchors", "type": "symbol", "from": {"data": "labelled"}, "encode": {"enter": {**place, **anchors}}},
        {
            "type": "text",
            "style": "label",
            "from": {"data": "anchors"},
            "encode": {"enter": {"text": {"field": "datum.word"}, "fontSize": {"value": 11}}},
            "transform": [beside],
        },
    ]


def unit(points: list[list[float]]) -> list[tuple[float, float]]:
    """Move and scale points into the unit square, with equal scales, y downwards as on a screen."""
    across, up = zip(*points, strict=True)
    extent = max(max(across) - min(across), max(up) - min(up)) or 1
    left, top = (min(across) + max(across) - extent) / 2, (min(up) + max(up) + extent) / 2
    return [(round((x - left) / extent, 4), round((top - y) / extent, 4)) for x, y in points]


def layered(description: str, values: Rows, layers: Rows, encoding: Spec) -> Spec:
    """Lay marks over each other, as wide as the page."""
    return {
        "$schema": VEGA_LITE,
        "description": description,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"name": "values", "values": values},
        "encoding": encoding,
        "layer": layers,
    }


def lifted(mark: str, encoding: Spec, **look: Any) -> Spec:
    """Draw a mark for the two rows that are lifted out."""
    roles = ROLES if mark == "point" else {"color": ROLES["color"]}
    return {"transform": LIFTED, "mark": {"type": mark, **look}, "encoding": {**roles, **encoding}}


def lifting(one: str, other: str) -> Rows:
    """Name the two rows that are lifted out at first."""
    return [{"name": "one", "value": one}, {"name": "other", "value": other}]


def point(where: str, x: Spec, tooltip: Rows, style: str, filled: bool) -> Spec:
    """Draw a contrast's mean."""
    mark = {"type": "point", "style": style, "filled": filled, "size": 70, "opacity": 1}
    return {"transform": [{"filter": where}], "mark": mark, "encoding": {"x": x, "tooltip": tooltip}}


def marked(where: str, style: str, size: int) -> Spec:
    """Draw some rows in a style."""
    return {
        "transform": [{"filter": where}],
        "mark": {"type": "point", "filled": True, "opacity": 1, "style": style, "size": size},
    }


def quantity(field: str, title: str) -> Spec:
    """Place by a number, on an axis that need not begin at 0."""
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False}}


def category(field: str, order: list[str]) -> Spec:
    """Place by a name, in this order."""
    return {"field": field, "type": "nominal", "sort": order}


def tips(*plain: str, **formats: str) -> Rows:
    """Say what a mark tells under the pointer: names as they are, numbers by their formats."""
    numbers = [
        {"field": field, "type": "quantitative", "format": form, "title": field.replace("_", " ")}
        for field, form in formats.items()
    ]
    return [*({"field": field} for field in plain), *numbers]


def figures(matrix: list[list[float]]) -> list[list[float]]:
    """Keep four digits: thirty classes times thirty variants are many cells."""
    return [[float(f"{value:.4g}") for value in row] for row in matrix]


def names(rows: Rows) -> list[str]:
    """Name the rows."""
    return [row["variant"] for row in rows]


def is_baseline(row: dict[str, Any]) -> bool:
    """Tell a baseline, which has no place on any axis."""
    return row["tuning"] is None


def selected(board: dict[str, Any]) -> str:
    """Name the row that validation selected."""
    return str(next(row["variant"] for row in board["rows"] if row["selected"]))


def pair(board: dict[str, Any], among: list[str]) -> tuple[str, str]:
    """Choose what is shown at first, on validation: the selected row, and the best baseline or else another row."""
    rows = sorted(board["rows"], key=lambda row: (not is_baseline(row), row["validation_rank"]))
    one = next(name for name in [selected(board), *among] if name in among)
    others = [name for name in names(rows) if name in among and name != one]
    return one, next(iter(others), one)
