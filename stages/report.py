"""report: build the page and the specifications of its pictures; draw both, with provenance, in reports/."""

import argparse
from pathlib import Path
from typing import Any

from embedding_bench.artifacts import leaderboard
from embedding_bench.artifacts import report as artifact
from embedding_bench.artifacts.layout import Layout
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.reporting.charts.word_map import map_picture
from embedding_bench.reporting.content import collect
from embedding_bench.reporting.frequent_words import maps_of
from embedding_bench.reporting.output import write_reports
from embedding_bench.reporting.page import build_page
from embedding_bench.reporting.pictures import pictures_of
from embedding_bench.reporting.vega import Spec
from embedding_bench.settings.compare import COMPARE
from embedding_bench.settings.datasets import DATASET, DATASETS
from embedding_bench.settings.experiment import Experiment
from embedding_bench.settings.report import REPORT, Report


def report(
    layout: Layout, experiment: Experiment, settings: Report, settings_used: dict[str, Any], reports: Path
) -> None:
    """Write data/report, which DVC hashes, and `reports`, which depends on the machine and is not hashed.

    `settings_used` are the run's settings as plain values, shown on the page.
    """
    with timing.timed("report", [layout.report]), atomic_folder(layout.report) as folder:
        board = leaderboard.read(layout.leaderboard)
        page = build_page(collect(layout, board, experiment, settings, settings_used))
        artifact.write(folder, page, pictures_of(board), _maps(layout, experiment, settings))
    index = write_reports(layout, experiment.run, reports).relative_to(reports.parent)
    megabytes, maps = len(page.encode()) / 1e6, len(layout.variants(experiment.run))
    log(f"report: {index}, a page of {megabytes:.1f} MB; maps of {maps} variants")


def _maps(layout: Layout, experiment: Experiment, settings: Report) -> dict[str, Spec]:
    """Return the specification of every variant's map, after tuning if it moves the embedding."""
    maps = maps_of(layout, layout.variants(experiment.run), settings, experiment.training.seed, settings.labelled_words)
    return {drawn["variant"]: map_picture(drawn, "after" if drawn["after"] else "before") for drawn in maps}


def main() -> None:
    """Read the command line and the sections of params.yaml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    layout, params = Layout(parser.parse_args().root), Params.read()
    experiment = params.part(Experiment)
    dataset = params.entry(DATASETS, params.section(DATASET))
    settings_used = {
        "dataset": dataset.model_dump(),
        **experiment.used(),
        "compare": params.section(COMPARE).model_dump(),
    }
    reports = Layout(timing.project_root()).reports  # the real project's, also under `dvc exp run --temp`
    report(layout, experiment, params.section(REPORT), settings_used, reports)


if __name__ == "__main__":
    errors.run(main)
