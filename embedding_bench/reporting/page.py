"""The report as one HTML file without requests to any network."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.evaluation.rendering import remarks, to_sentence
from embedding_bench.reporting.charts.blocks import names
from embedding_bench.reporting.charts.calibration import calibration
from embedding_bench.reporting.charts.confusion import confusion
from embedding_bench.reporting.charts.contrasts import effects, interactions
from embedding_bench.reporting.charts.coverage import coverage
from embedding_bench.reporting.charts.epochs import epochs
from embedding_bench.reporting.charts.frontier import frontier
from embedding_bench.reporting.charts.groups import by_class, by_length
from embedding_bench.reporting.charts.learning import has_curves, learning
from embedding_bench.reporting.charts.search import expected_best
from embedding_bench.reporting.charts.word_map import unit_square
from embedding_bench.reporting.content import Content
from embedding_bench.reporting.table import filters, tabulate
from embedding_bench.reporting.theme import CATEGORIES, PALETTES, theme
from embedding_bench.reporting.vega import Rows, Spec

TEMPLATES = Path(__file__).parent / "page"
FONT = "system-ui, sans-serif"
LONGEST = 600  # characters of a text that are shown at once
SPLITS = ("train", "validation", "test", "unlabeled")
PROVENANCE = re.compile(r'(<script type="application/json" id="made-data">).*?(</script>)', re.DOTALL)


def build_page(content: Content) -> str:
    """Build the page of a run; the same content gives the same bytes."""
    specs, leaderboard = chart_specs(content), content.leaderboard
    scripts = {"bundle": _bundle(), "script": (TEMPLATES / "script.js").read_text(encoding="utf-8")}
    splits = [split for split in SPLITS if any(split in row["splits"] for row in content.coverage["rows"])]
    values = {
        "figures": specs,
        "themes": {name: theme(name, FONT) for name in PALETTES},
        "map": content.map and _canvas_map(content.map),
    }
    template = _environment().get_template("template.html.jinja")
    return template.render(
        vars(content),
        answer=to_sentence(leaderboard),
        remarks=remarks(leaderboard),
        specs=specs,
        sections=section_titles(content, specs),
        table=tabulate(leaderboard),
        baselines=any(row.is_baseline for row in leaderboard.rows),
        filters=filters(leaderboard),
        splits=splits,
        palette=_palette(),
        style=(TEMPLATES / "style.css").read_text(encoding="utf-8"),
        policy=_security_policy(scripts.values()),
        data=as_json(values),
        **scripts,
    )


def insert_provenance(page: str, provenance: dict[str, Any] | None) -> str:
    """Insert the provenance of a run into its page, in place of an earlier one; None removes it.

    Raises:
        ValueError: The page has no element for the provenance, or several.
    """
    script = as_json(provenance)
    inserted, count = PROVENANCE.subn(lambda match: f"{match[1]}{script}{match[2]}", page)
    if count != 1:
        raise ValueError(f'found {count} elements <script id="made-data"> for the provenance, expected 1')
    return inserted


def chart_specs(content: Content) -> dict[str, Spec]:
    """Return the specifications of all charts with data, by their names on the page."""
    board, analysis = content.leaderboard, content.analysis
    confidence, rows = board.confidence, _selected_first(board, analysis["rows"])
    order = [board.selected.name, *(name for name in board.names if name != board.selected.name)]
    matrices = {name: content.confusions[name] for name in order if name in content.confusions}
    embeddings = content.coverage["rows"]
    matched = any(row["splits"]["test"]["tokens"]["by_match"] for row in embeddings)
    charts: list[tuple[str, Any, Callable[[], Spec]]] = [
        ("learning", has_curves(board), lambda: learning(board)),
        ("epochs", content.epochs, lambda: epochs(board, content.epochs)),
        ("trials", any(row.search for row in board.rows), lambda: expected_best(board)),
        ("effects", analysis["effects"], lambda: effects(analysis["effects"], confidence)),
        ("interactions", analysis["interactions"], lambda: interactions(analysis["interactions"], confidence)),
        ("confusion", matrices, lambda: confusion(board, matrices)),
        ("classes", any(row["classes"] for row in rows), lambda: by_class(board, rows)),
        ("lengths", any(row["lengths"] for row in rows), lambda: by_length(board, rows)),
        ("calibration", any(row["reliability"] for row in rows), lambda: calibration(board, rows)),
        ("frontier-time", True, lambda: frontier(board, "microseconds_per_text", "microseconds for a text")),
        ("frontier-parameters", True, lambda: frontier(board, "parameters", "parameters")),
        ("coverage", matched, lambda: coverage(embeddings, "test")),
    ]
    return {name: specify() for name, present, specify in charts if present}


def section_titles(content: Content, specs: dict[str, Spec]) -> dict[str, str]:
    """Return the titles of the sections with content, in the order of the page."""
    titles = [
        ("leaderboard", "Leaderboard", True),
        ("learning", "Learning curves", "learning" in specs or "epochs" in specs),
        ("trials", "Search for settings", "trials" in specs),
        ("effects", "Effects", "effects" in specs or "interactions" in specs),
        ("confusion", "Confusions", "confusion" in specs),
        ("groups", "Classes and lengths", "classes" in specs or "lengths" in specs),
        ("calibration", "Calibration", "calibration" in specs),
        ("frontier", "Accuracy and cost", True),
        ("coverage", "Coverage", content.coverage["rows"]),
        ("drift", "Drift", any(entry.words for entry in content.drift)),
        ("wrong", "Confidently wrong", content.wrong),
        ("disagreements", "Disagreements", content.disagreements),
        ("map", "Map of words", content.map),
        ("made", "Provenance", True),
        ("settings", "Settings", content.settings),
    ]
    return {name: title for name, title, present in titles if present}


def shorten(text: str) -> str | None:
    """Cut a long text, between words where possible; None for a text that is short enough."""
    if len(text) <= LONGEST:
        return None
    head = text[:LONGEST]
    cut = head.rfind(" ")
    return f"{head[:cut] if cut > 0.8 * LONGEST else head}…"


def as_json(value: object) -> str:
    """Format JSON for a script element: no text in it can end the script or a line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _selected_first(leaderboard: Leaderboard, rows: Rows) -> Rows:
    """Sort rows of analysis.json: the selected one, then as on the leaderboard."""
    position = {row.name: (not row.selected, index) for index, row in enumerate(leaderboard.rows)}
    return sorted(rows, key=lambda row: position[row["variant"]])


def _canvas_map(word_map: dict[str, Any]) -> dict[str, Any]:
    """Return the map of words for the canvas, with coordinates in the unit square."""
    shares = [round(share, 3) for share in word_map["affinity_share"]]
    coordinates = {tuning: word_map[tuning] and unit_square(word_map[tuning]) for tuning in ("before", "after")}
    return {**word_map, "affinity_share": shares, **coordinates}


def _palette() -> str:
    """Format the colours of both themes as CSS variables."""
    pairs = [(f"--{name}", light, PALETTES["dark"][name]) for name, light in PALETTES["light"].items()]
    pairs += [
        (f"--class-{number}", light, dark)
        for number, (light, dark) in enumerate(zip(CATEGORIES["light"], CATEGORIES["dark"], strict=True))
    ]
    return ":root{" + "".join(f"{name}:light-dark({light},{dark});" for name, light, dark in pairs) + "}"


def _security_policy(scripts: Iterable[str]) -> str:
    """Forbid all requests, and all scripts but these."""
    hashes = [b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    sources = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; script-src {sources}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _bundle() -> str:
    """Return Vega-Embed with Vega and Vega-Lite, which vl-convert brings, as one script."""
    import vl_convert

    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shorten"] = shorten
    environment.filters["indented"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    environment.globals["names_of"] = lambda spec: list(dict.fromkeys(names(spec["data"]["values"])))
    environment.globals["colours"] = len(CATEGORIES["light"])
    return environment
