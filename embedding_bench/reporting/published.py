"""results/: a leaderboard kept for publication, as JSON with settings, versions and times, and as Markdown."""

import re
from pathlib import Path
from statistics import median
from typing import Any

from embedding_bench.artifacts import corpus, leaderboard
from embedding_bench.artifacts.layout import Layout
from embedding_bench.core import timing
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import save_json, save_text
from embedding_bench.evaluation.rendering import to_markdown, to_sentence
from embedding_bench.reporting.drawing import to_svg
from embedding_bench.reporting.pictures import pictures_of
from embedding_bench.reporting.provenance import commit_of, versions
from embedding_bench.settings.complete import Settings, settings_used
from embedding_bench.settings.run import Run

FOLDER = Path("results")


def publish_results(name: str | None, settings: Settings, layout: Layout) -> Path:
    """Write results/<name>.json, .md and pictures, none with any text of the corpus; return the path without suffix.

    `name` is by default the dataset's.

    Raises:
        UserError: There is no run, or the name cannot be part of a file's name.
    """
    board = leaderboard.read(layout.leaderboard)
    path = FOLDER / checked(name or board.dataset)
    splits = corpus.read_summary(layout.corpus)["splits"]
    record = {
        **board.plain(),
        "name": path.name,
        "answer": to_sentence(board),
        "texts": {split: described["rows"] for split, described in splits.items()},
        "settings": settings_used(settings, settings.datasets[settings.dataset], settings.compare),
        "versions": versions(),
        "commit": commit_of(layout),
        "seconds": training_times(settings.run, layout),
    }
    save_json(path.with_suffix(".json"), record)
    save_text(path.with_suffix(".md"), to_page(record))
    for picture, spec in pictures_of(board).items():
        save_text(FOLDER / f"{path.name}-{picture}.svg", to_svg(spec))
    return path


def checked(name: str) -> str:
    """Return a name that can begin the names of all these files.

    Raises:
        UserError: It cannot.
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise UserError(f"--name: found '{name}'; use letters, digits, - and _")
    return name


def training_times(run: Run, layout: Layout) -> dict[str, dict[str, float]]:
    """Read the seconds of each variant's training, in all and by epoch, and its peak memory in MB."""
    times = {}
    for variant in layout.variants(run):
        measured = timing.read(f"train@{variant.name}", [layout.scores(variant)])
        if measured:
            epochs = [seconds for replicate in measured["replicates"] for seconds in replicate["seconds_per_epoch"]]
            times[variant.name] = {
                "seconds": measured["training_seconds"],
                "seconds_per_epoch": round(median(epochs), 3),
                "peak_mb": measured["peak_mb"],
            }
    return times


def to_page(record: dict[str, Any]) -> str:
    """Format results/<name>.md."""
    sizes = ", ".join(f"{record['texts'][split]:,} {split}" for split in corpus.SPLITS if split in record["texts"])
    versions = ", ".join(f"{name} {number}" for name, number in sorted(record["versions"].items()))
    board = leaderboard.from_plain(record, record["name"])
    rows = [
        f"| {name} | {t['seconds']:,.0f} | {t['seconds_per_epoch']:.2f} |"
        for name, t in sorted(record["seconds"].items())
    ]
    return "\n".join(
        [
            f"# {record['name']}",
            "",
            f"{record['answer']}",
            "",
            *(f"- {pair.sentence}" for pair in board.learning),
            *([""] if board.learning else []),
            f"Texts: {sizes}. Settings, with all values: [{record['name']}.json]({record['name']}.json).",
            "",
            to_markdown(board),
            "| variant | seconds for all replicates | seconds per epoch |",
            "| --- | --- | --- |",
            *rows,
            "",
            f"Made by commit {_short(record['commit'])} with {versions}.",
            "",
        ]
    )


def _short(commit: str | None) -> str:
    """Shorten a commit's name, and keep the note on changes that it did not hold."""
    if commit is None:
        return "unknown"
    name, *changes = commit.split(" ", 1)
    return " ".join([name[:12], *changes])
