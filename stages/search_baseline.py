"""search_baseline: choose the settings of one baseline on validation."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import search as artifact
from embedding_bench.baselines.trial import try_baseline
from embedding_bench.core import errors, timing
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.evaluation.parts import Part
from embedding_bench.execution.tasks import Task
from embedding_bench.search.baseline import BaselineEntries
from embedding_bench.search.row import search_row
from embedding_bench.settings.baselines import BASELINES, Baseline
from embedding_bench.settings.compare import SELECT_BY
from embedding_bench.settings.search import SEARCH, Search
from embedding_bench.settings.training import CLASS_WEIGHTS


def search_baseline(
    baseline: Baseline, settings: Search, balanced: bool, select_by: str, corpus_folder: Path, out: Path
) -> None:
    """Write the chosen settings of a baseline, and all trials."""
    stage = f"search_baseline@{out.name}"

    def task(tried: BaselineEntries, parts: tuple[Part, ...]) -> Task:
        return Task("baseline", try_baseline, (tried.baseline, balanced, select_by, parts), (corpus_folder,))

    with timing.timed(stage, [out]), atomic_folder(out) as folder:
        chosen, trials = search_row(stage, BaselineEntries(baseline=baseline), settings, select_by, corpus_folder, task)
        artifact.write(folder, {"baseline": chosen.baseline.plain()}, trials)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baseline", required=True, help="a key of `baselines`")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    params = Params.read()
    search_baseline(
        params.entry(BASELINES, arguments.baseline),
        params.section(SEARCH),
        params.section(CLASS_WEIGHTS) == "balanced",
        params.section(SELECT_BY),
        arguments.corpus,
        arguments.out,
    )


if __name__ == "__main__":
    errors.run(main)
