"""Keep the last run's leaderboard in results/: as JSON with its settings, versions and times, and as Markdown."""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from embedding_bench.artifacts import corpus
from embedding_bench.cli.leaderboard import LEADERBOARD
from embedding_bench.core import errors, timing
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import read_json, whole, write_json
from embedding_bench.evaluation.rendering import to_markdown, to_sentence
from embedding_bench.reporting.figures import pictures_of
from embedding_bench.reporting.made import made_by, versions
from embedding_bench.reporting.pictures import to_svg
from embedding_bench.settings.complete import Settings, load_settings, settings_used

FOLDER = Path("results")


def keep(name: str | None) -> None:
    """Write results/<name>.json, .md and pictures; none holds any text of the corpus. Without a name, the dataset's."""
    found, board = load_settings(), read_json(LEADERBOARD)
    summary = corpus.read_summary(Path("data/corpus"))
    sizes = {split: described["rows"] for split, described in summary["splits"].items()}
    times = times_of(found, Path("data"))
    place = FOLDER / checked(name or board["dataset"])
    record = {
        **board,
        "name": place.name,
        "answer": to_sentence(board),
        "texts": sizes,
        "settings": settings_used(found, found.datasets[found.dataset], found.compare),
        "versions": versions(),
        "commit": made_by(Path("metrics")),
        "seconds": times,
    }
    with whole(place.with_suffix(".json")) as path:
        write_json(path, record)
    with whole(place.with_suffix(".md")) as path:
        path.write_text(to_page(record), encoding="utf-8")
    for picture, spec in pictures_of(record).items():
        with whole(FOLDER / f"{place.name}-{picture}.svg") as path:
            path.write_text(to_svg(spec), encoding="utf-8")
    print(f"kept in {place}.json and {place}.md, with pictures")


def checked(name: str) -> str:
    """Return a name that can stand before the ends of all these files.

    Raises:
        UserError: It cannot.
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise UserError(f"NAME: found '{name}'; use letters, digits, - and _")
    return name


def times_of(found: Settings, data: Path) -> dict[str, dict[str, float]]:
    """Find the seconds of each variant's training: in all, and by epoch."""
    times = {}
    for variant in found.run.variants:
        figures = timing.read(f"train@{variant.name}", [data / "scores" / variant.name])
        if figures:
            runs = figures["replicates"]
            times[variant.name] = {
                "seconds": figures["training_seconds"],
                "seconds_per_epoch": middle(second for run in runs for second in run["seconds_per_epoch"]),
                "peak_mb": figures["peak_mb"],
            }
    return times


def middle(values: Iterable[float]) -> float:
    """Return the median, rounded."""
    return round(median(values), 3)


def short(commit: str | None) -> str:
    """Shorten a commit's name; changes that it did not hold stay said."""
    if commit is None:
        return "unknown"
    name, *changes = commit.split(" ", 1)
    return " ".join([name[:12], *changes])


def to_page(record: dict[str, Any]) -> str:
    """Lay out results/<dataset>.md."""
    sizes = ", ".join(f"{record['texts'][split]:,} {split}" for split in corpus.SPLITS if split in record["texts"])
    versions = ", ".join(f"{name} {number}" for name, number in sorted(record["versions"].items()))
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
            *(f"- {pair['told']}" for pair in record.get("learning", [])),  # pages of older runs have none
            *([""] if "learning" in record else []),
            f"Texts: {sizes}. Settings, with all figures: [{record['name']}.json]({record['name']}.json).",
            "",
            to_markdown(record),
            "| variant | seconds for all replicates | seconds per epoch |",
            "| --- | --- | --- |",
            *rows,
            "",
            f"Made by commit {short(record['commit'])} with {versions}.",
            "",
        ]
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", help="of the files; without one, the dataset's")
    keep(parser.parse_args().name)


if __name__ == "__main__":
    errors.run(main)
