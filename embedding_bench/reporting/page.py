"""The report as one HTML file that asks nothing of any network."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from embedding_bench.evaluation.rendering import probability
from embedding_bench.reporting import figures
from embedding_bench.reporting.figures import Rows, Spec
from embedding_bench.reporting.pictures import CATEGORIES, PALETTES, theme
from embedding_bench.settings.run import Variant

HERE = Path(__file__).parent / "page"
FONT = "system-ui, sans-serif"
LONGEST = 600  # characters of a text that are shown at once
SPLITS = ("train", "validation", "test", "unlabeled")
MADE = re.compile(r'(<script type="application/json" id="made-data">).*?(</script>)', re.DOTALL)


def build_page(report: dict[str, Any]) -> str:
    """Build the page of a run; the same report gives the same bytes."""
    specs = draw(report)
    scripts = {"bundle": bundle(), "script": (HERE / "script.js").read_text(encoding="utf-8")}
    return (
        _environment()
        .get_template("template.html.jinja")
        .render(
            report,
            specs=specs,
            sections=sections(report, specs),
            table=tabulate(report["board"]),
            baselines=any(map(figures.is_baseline, report["board"]["rows"])),
            filters=filters(report["board"]),
            splits=[split for split in SPLITS if any(split in row["splits"] for row in report["coverage"]["rows"])],
            palette=palette(),
            style=(HERE / "style.css").read_text(encoding="utf-8"),
            policy=policy(scripts.values()),
            data=as_json(
                {
                    "figures": specs,
                    "themes": {name: theme(name, FONT) for name in PALETTES},
                    "map": report["map"] and on_canvas(report["map"]),
                }
            ),
            **scripts,
        )
    )


def join_made(page: str, made: dict[str, Any] | None) -> str:
    """Put what differs from run to run into its place in the page, which may hold that of an earlier run.

    Raises:
        ValueError: The page has no such place, or several.
    """
    joined, places = MADE.subn(lambda found: f"{found[1]}{as_json(made)}{found[2]}", page)
    if places != 1:
        raise ValueError(f'{places} places for what made the page, not 1: <script id="made-data">')
    return joined


def draw(report: dict[str, Any]) -> dict[str, Spec]:
    """Make the specs of all figures that have data, by their names on the page."""
    board, analysis = report["board"], report["analysis"]
    level, rows = board["confidence"], selected_first(board, analysis["rows"])
    order = [row["variant"] for row in selected_first(board, board["rows"])]
    matrices = {name: report["confusions"][name] for name in order if name in report["confusions"]}
    matched = any(row["splits"]["test"]["tokens"]["by_match"] for row in report["coverage"]["rows"])
    makers: list[tuple[str, Any, Callable[[], Spec]]] = [
        ("learning", figures.has_curves(board), lambda: figures.learning(board)),
        ("epochs", report["epochs"], lambda: figures.epochs(board, report["epochs"])),
        ("effects", analysis["effects"], lambda: figures.effects(analysis["effects"], level)),
        ("interactions", analysis["interactions"], lambda: figures.interactions(analysis["interactions"], level)),
        ("confusion", matrices, lambda: figures.confusion(board, matrices)),
        ("classes", any(row["classes"] for row in rows), lambda: figures.by_class(board, rows)),
        ("lengths", any(row["lengths"] for row in rows), lambda: figures.by_length(board, rows)),
        ("calibration", any(row["reliability"] for row in rows), lambda: figures.calibration(board, rows)),
        ("frontier-time", True, lambda: figures.frontier(board, "microseconds_per_text", "microseconds for a text")),
        ("frontier-parameters", True, lambda: figures.frontier(board, "parameters", "parameters")),
        ("coverage", matched, lambda: figures.coverage(report["coverage"]["rows"], "test")),
    ]
    return {name: make() for name, present, make in makers if present}


def selected_first(board: dict[str, Any], rows: Rows) -> Rows:
    """Put the selected row before the others, which keep the order of the leaderboard."""
    places = {row["variant"]: (not row["selected"], place) for place, row in enumerate(board["rows"])}
    return sorted(rows, key=lambda row: places[row["variant"]])


def sections(report: dict[str, Any], specs: dict[str, Spec]) -> dict[str, str]:
    """Name the sections that have something to show, in the order of the page."""
    titles = [
        ("leaderboard", "Leaderboard", True),
        ("learning", "Learning curves", "learning" in specs or "epochs" in specs),
        ("effects", "Effects", "effects" in specs or "interactions" in specs),
        ("confusion", "Confusions", "confusion" in specs),
        ("groups", "Classes and lengths", "classes" in specs or "lengths" in specs),
        ("calibration", "Calibration", "calibration" in specs),
        ("frontier", "Accuracy and cost", True),
        ("coverage", "Coverage", report["coverage"]["rows"]),
        ("drift", "Drift", any(found["words"] for found in report["drift"])),
        ("wrong", "Confidently wrong", report["wrong"]),
        ("disagreements", "Disagreements", report["disagreements"]),
        ("map", "Map of words", report["map"]),
        ("made", "What made it", True),
        ("settings", "Settings", report["settings"]),
    ]
    return {name: title for name, title, present in titles if present}


class Interval(NamedTuple):
    """Where a mean, its interval and 0 stand on the scale of a column, in percent of its width."""

    low: float
    mean: float
    high: float
    zero: float | None


class Cell(NamedTuple):
    """A cell of the leaderboard: what it is sorted by, what is read, and its interval."""

    sort: float | None
    text: str
    note: str = ""
    interval: Interval | None = None


def tabulate(board: dict[str, Any]) -> dict[str, Any]:
    """Lay out the leaderboard: titles of columns, and a list of cells for each row."""
    rows = board["rows"]
    facets = list(rows[0].get("facets", ()))
    gaps = [row["behind_selected"] for row in rows]
    columns = {
        "validation": [number(row["validation_accuracy"]) for row in rows],
        "validation log loss": [number(row["validation_log_loss"]) for row in rows],
        "test accuracy": whiskers([row["accuracy"] for row in rows], "{:.3f}"),
        "macro-F1": whiskers([row["macro_f1"] for row in rows], "{:.3f}"),
        "behind selected": whiskers(gaps, "{:+.3f}"),
        "p value": [Cell(gap["p_value"], probability(gap["p_value"])) if gap else Cell(None, "") for gap in gaps],
        "log loss": [number(row["log_loss"]) for row in rows],
        "calibration error": [number(row["calibration_error"]) for row in rows],
        "parameters": [Cell(row["parameters"], f"{row['parameters']:,}") for row in rows],
        **{facet: [number(row["facets"][facet]) for row in rows] for facet in facets},
    }
    return {"columns": list(columns), "rows": list(zip(rows, zip(*columns.values(), strict=True), strict=True))}


def number(value: float) -> Cell:
    """Write a figure that has no interval."""
    return Cell(value, f"{value:.3f}")


def whiskers(values: list[dict[str, float] | None], form: str) -> list[Cell]:
    """Write means with their intervals, all drawn on one scale."""
    known = [value for value in values if value]
    if not known:
        return [Cell(None, "") for _ in values]
    least, most = min(value["low"] for value in known), max(value["high"] for value in known)

    def place(value: float) -> float:
        return round(100 * (value - least) / ((most - least) or 1), 2)

    zero = place(0) if least < 0 < most else None
    return [
        Cell(
            value["mean"],
            form.format(value["mean"]),
            f"{form.format(value['low'])} to {form.format(value['high'])}",
            Interval(place(value["low"]), place(value["mean"]), place(value["high"]), zero),
        )
        if value
        else Cell(None, "")
        for value in values
    ]


def filters(board: dict[str, Any]) -> dict[str, list[str]]:
    """List the values of every axis that has several."""
    variants = [row for row in board["rows"] if not figures.is_baseline(row)]
    values = {axis: sorted({row[axis] for row in variants}) for axis in Variant._fields}
    return {axis: found for axis, found in values.items() if len(found) > 1}


def on_canvas(word_map: dict[str, Any]) -> dict[str, Any]:
    """Keep what the map on the page needs, its coordinates in the unit square."""
    shares = [round(share, 3) for share in word_map["affinity_share"]]
    places = {which: word_map[which] and figures.unit(word_map[which]) for which in ("before", "after")}
    return {**word_map, "affinity_share": shares, **places}


def shorten(text: str) -> str | None:
    """Cut a long text, between words where it can be; None for one that is short enough."""
    if len(text) <= LONGEST:
        return None
    head = text[:LONGEST]
    cut = head.rfind(" ")
    return f"{head[:cut] if cut > 0.8 * LONGEST else head}…"


def as_json(value: object) -> str:
    """Write JSON that stands safely in a script: no text in it can end the script or a line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def palette() -> str:
    """Write the colours of both themes as CSS variables."""
    pairs = [(f"--{name}", light, PALETTES["dark"][name]) for name, light in PALETTES["light"].items()]
    pairs += [
        (f"--class-{place}", light, dark)
        for place, (light, dark) in enumerate(zip(CATEGORIES["light"], CATEGORIES["dark"], strict=True))
    ]
    return ":root{" + "".join(f"{name}:light-dark({light},{dark});" for name, light, dark in pairs) + "}"


def policy(scripts: Iterable[str]) -> str:
    """Forbid every request, and every script but our own."""
    hashes = [b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{found}'" for found in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def bundle() -> str:
    """Return Vega-Embed with Vega and Vega-Lite, which vl-convert brings, as one script."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shorten"] = shorten
    environment.filters["indented"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    environment.globals["names_of"] = lambda spec: list(dict.fromkeys(figures.names(spec["data"]["values"])))
    environment.globals["colours"] = len(CATEGORIES["light"])
    return environment
