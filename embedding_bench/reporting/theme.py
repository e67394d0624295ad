"""Colours and fonts of the charts and of the page, in a light and a dark theme."""

from typing import Any

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
CONTEXT = {"light": "#b4bcc6", "dark": "#57616c"}  # lines behind the highlighted ones
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
# Low to high; black and white text have a contrast of 4.5 where they meet, at confusion.DEEP.
RAMPS = {"light": ["#eef3f9", "#052c5c"], "dark": ["#17202b", "#83bbfe"]}
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # vl-convert brings the first, but an installed one wins


def theme(name: str, font: str = FONT) -> dict[str, Any]:
    """Return the configuration of a theme for Vega-Lite and Vega."""
    colours, categories, ramp = PALETTES[name], CATEGORIES[name], RAMPS[name]
    ink, muted, line, accent, paper = (colours[key] for key in ("ink", "muted", "line", "accent", "paper"))
    text = {
        "labelColor": ink,
        "titleColor": muted,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "background": paper,
        "font": font,
        "axis": {**text, "gridColor": line, "domainColor": line, "tickColor": line, "titlePadding": 10},
        "axisX": {"labelFlush": False, "labelOverlap": "greedy", "labelSeparation": 8},
        "legend": {**text, "symbolStrokeColor": ink},
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
