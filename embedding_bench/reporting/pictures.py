"""How figures look: the light and the dark theme, and static pictures in the light one without browser or network."""

import re
from string import digits
from typing import Any

import vl_convert

from embedding_bench.reporting.figures import VEGA, Spec

# Text in any of these colours has a contrast of at least 4.5 on `paper` and on `surface` (WCAG 2.1, AA).
PALETTES: dict[str, dict[str, str]] = {
    "light": {
        "paper": "#ffffff",
        "surface": "#f4f6f8",
        "ink": "#1b1f24",
        "muted": "#57606a",
        "line": "#d5dae0",
        "accent": "#0b5cad",
    },
    "dark": {
        "paper": "#15181c",
        "surface": "#1f242a",
        "ink": "#e6e9ec",
        "muted": "#a7b0b9",
        "line": "#3b434c",
        "accent": "#74b4ff",
    },
}
CONTEXT = {"light": "#b4bcc6", "dark": "#57616c"}  # lines behind those that are lifted out
CATEGORIES = {
    "light": [
        "#0b5cad",
        "#c25a00",
        "#00806a",
        "#8a3fa0",
        "#b3261e",
        "#00799c",
        "#7a5c2e",
        "#b8327f",
        "#5b7300",
        "#5b6670",
    ],
    "dark": [
        "#74b4ff",
        "#f5a65b",
        "#4fc7ad",
        "#cf97e6",
        "#ff8a80",
        "#63c7e6",
        "#cfae7c",
        "#f492c8",
        "#b6cf57",
        "#aab4bf",
    ],
}
# Low to high; black and white have a contrast of 4.5 on both where they meet, at figures.DEEP.
RAMPS = {"light": ["#eef3f9", "#052c5c"], "dark": ["#17202b", "#83bbfe"]}
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # the first is vl-convert's own: the same bytes everywhere


def theme(name: str, font: str = FONT) -> dict[str, Any]:
    """Return the configuration for Vega-Lite and Vega."""
    colours, categories, ramp = PALETTES[name], CATEGORIES[name], RAMPS[name]
    ink, muted, line, accent, paper = (colours[key] for key in ("ink", "muted", "line", "accent", "paper"))
    words = {
        "labelColor": ink,
        "titleColor": muted,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "background": paper,
        "font": font,
        "axis": {**words, "gridColor": line, "domainColor": line, "tickColor": line, "titlePadding": 10},
        "axisX": {"labelFlush": False, "labelOverlap": "greedy", "labelSeparation": 8},
        "legend": {**words, "symbolStrokeColor": ink},
        "title": {
            "color": ink,
            "subtitleColor": muted,
            "fontSize": 15,
            "subtitleFontSize": 12,
            "anchor": "start",
            "offset": 12,
        },
        "view": {"stroke": None},
        "range": {"category": categories, "heatmap": {"scheme": ramp}, "ramp": {"scheme": ramp}},
        "style": {
            "context": {"color": CONTEXT[name], "strokeWidth": 1},
            "zero": {"color": muted, "strokeWidth": 1, "strokeDash": [4, 3]},
            "muted": {"color": muted},
            "accent": {"color": accent, "strokeWidth": 2},
            "hollow": {"color": accent, "fill": paper, "strokeWidth": 2},
            "label": {"color": ink, "fill": ink, "fontSize": 11},
            "on-pale": {"color": "#000000" if name == "light" else "#ffffff", "fontSize": 11},
            "on-deep": {"color": "#ffffff" if name == "light" else "#000000", "fontSize": 11},
        },
    }


def to_svg(spec: Spec) -> str:
    """Draw a figure as SVG; the same spec gives the same bytes."""
    draw = vl_convert.vega_to_svg if spec["$schema"] == VEGA else vl_convert.vegalite_to_svg
    return renumbered(draw({**spec, "config": theme("light")}))


def renumbered(svg: str) -> str:
    """Number gradients and clips from 0: Vega counts on from one picture to the next."""
    places = {name: f"{name.rstrip(digits)}{place}" for place, name in enumerate(re.findall(r'id="([^"]+)"', svg))}
    return re.sub(r'(id="|url\(#)([^")]+)', lambda found: found[1] + places.get(found[2], found[2]), svg)


def to_png(spec: Spec, scale: float) -> bytes:
    """Draw a figure as PNG, `scale` pixels to the point."""
    return vl_convert.svg_to_png(to_svg(spec), scale=scale)
