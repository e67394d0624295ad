"""The content of the page, collected from the files of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from embedding_bench.artifacts import intrinsic, tables
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.core.files import read_json
from embedding_bench.reporting.charts.confusion import ConfusionMatrix
from embedding_bench.reporting.frequent_words import maps_of
from embedding_bench.reporting.texts import DisputedText, WrongText, disputed_texts, wrong_texts
from embedding_bench.reporting.vega import Rows
from embedding_bench.settings.experiment import Experiment
from embedding_bench.settings.report import Report
from embedding_bench.settings.run import Variant
from embedding_bench.settings.tuning import Tuning


class Drift(NamedTuple):
    """Words that fine-tuning moved most: `word`, `moved` (1 - cosine), neighbours `before` and `after`."""

    embedding: str
    words: list[dict[str, Any]]


@dataclass(frozen=True)
class Content:
    """What the page shows; empty parts have no section.

    `analysis` and `coverage` as in metrics/, `map` as of `reporting.frequent_words`, `settings` as in params.yaml.
    """

    leaderboard: Leaderboard
    analysis: dict[str, Any]
    coverage: dict[str, Any]
    epochs: Rows
    confusions: dict[str, ConfusionMatrix]
    drift: list[Drift]
    wrong: list[WrongText]
    disagreements: list[DisputedText]
    map: dict[str, Any] | None
    settings: dict[str, Any]


def collect(
    layout: Layout, leaderboard: Leaderboard, experiment: Experiment, report: Report, settings: dict[str, Any]
) -> Content:
    """Read the content of the page; `settings` are shown as they are."""
    run, seed = experiment.run, experiment.training.seed
    map_variant = mapped_variant(layout.variants(run), experiment.tuning, leaderboard)
    selected = leaderboard.selected.variant
    if selected is None:
        raise ValueError(f"{leaderboard.selected.name}: a baseline cannot be selected")
    return Content(
        leaderboard=leaderboard,
        analysis=read_json(layout.analysis),
        coverage=read_json(layout.coverage),
        epochs=read_epochs(layout.curves),
        confusions=read_confusions(layout.confusion),
        drift=read_drift(layout.intrinsic),
        wrong=wrong_texts(layout, report.texts, layout.measured_scores(selected, leaderboard.selected.is_confirmed)),
        disagreements=disputed_texts(layout, run, report.texts),
        map=maps_of(layout, [map_variant], report, seed, report.words)[0],
        settings=settings,
    )


def mapped_variant(variants: list[Variant], tuning: Mapping[str, Tuning], leaderboard: Leaderboard) -> Variant:
    """Choose the variant for the map of words: the best fine-tuned one on validation, or else the selected one."""
    ranks = {row.name: row.rank for row in leaderboard.rows}
    finetuned = [variant for variant in variants if tuning[variant.tuning].trainable]
    return min(finetuned or variants, key=lambda variant: ranks[variant.name])


def read_drift(folder: Path) -> list[Drift]:
    """Read the most moved words of each fine-tuned variant."""
    return [
        Drift(
            name,
            [
                {"word": word["word"], "moved": word["cosine"], "before": word["before"], "after": word["after"]}
                for word in entry["drift"]["most_moved"]
            ],
        )
        for name, entry in intrinsic.read(folder)["finetuned"].items()
        if entry["drift"]["most_moved"]
    ]


def read_epochs(path: Path) -> Rows:
    """Read the validation accuracy of every epoch of every replicate."""
    return [
        {
            "variant": row["variant"],
            "replicate": int(row["replicate"]),
            "epoch": int(row["epoch"]),
            "val_accuracy": float(row["val_accuracy"]),
        }
        for row in tables.read(path)
    ]


def read_confusions(path: Path) -> dict[str, ConfusionMatrix]:
    """Read the confusion matrix of every row, by its name."""
    matrices: dict[str, ConfusionMatrix] = {}
    for row in tables.read(path):
        names, counts, shares = matrices.setdefault(row["variant"], ConfusionMatrix([], [], []))
        if row["actual"] not in names:
            names.append(row["actual"])
            counts.append([])
            shares.append([])
        counts[-1].append(float(row["count"]))
        shares[-1].append(float(row["share"]))
    return matrices
