"""search: choose the settings of one variant on validation."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import search as artifact
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.evaluation.parts import Part
from embedding_bench.execution.tasks import Task
from embedding_bench.models.cell import Config, Inputs
from embedding_bench.models.trial import try_variant
from embedding_bench.search.row import search_row
from embedding_bench.search.variant import VariantEntries
from embedding_bench.settings.compare import SELECT_BY
from embedding_bench.settings.encoders import ENCODERS
from embedding_bench.settings.search import SEARCH, Search
from embedding_bench.settings.training import CLASS_WEIGHTS, DETERMINISTIC_OPS, DEVICES, Training
from embedding_bench.settings.tuning import TUNING
from embedding_bench.settings.vectors import VECTORS


def search(
    entries: VariantEntries, settings: Search, training: Training, select_by: str, inputs: Inputs, out: Path
) -> None:
    """Write the chosen settings of a variant, and all trials."""
    stage = f"search@{out.name}"

    def task(tried: VariantEntries, parts: tuple[Part, ...]) -> Task:
        return Task(out.name, try_variant, (Config(tried.settings, training, select_by), parts), inputs)

    with timing.timed(stage, [out]), atomic_folder(out) as folder:
        chosen, trials = search_row(stage, entries, settings, select_by, inputs.corpus, task)
        artifact.write(folder, chosen.settings.plain(), trials)


def leave_out(tuning: str, out: Path) -> None:
    """Write the reason in place of settings."""
    why = f"left out: random vectors that stay frozen are a control; tuning.{tuning}.control: true trains it"
    with timing.timed(f"search@{out.name}", [out]), atomic_folder(out) as folder:
        artifact.write(folder, {artifact.LEFT_OUT: why}, artifact.Trials())
    log(f"search@{out.name}: {why}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", required=True, help="a key of `vectors`")
    parser.add_argument("--tuning", required=True, help="a key of `tuning`")
    parser.add_argument("--encoder", required=True, help="a key of `encoders`")
    for folder in ("corpus", "tokens", "embedding", "out"):
        parser.add_argument(f"--{folder}", type=Path, required=True)
    arguments = parser.parse_args()
    params = Params.read()
    entries = VariantEntries.of(
        params.entry(ENCODERS, arguments.encoder),
        params.entry(TUNING, arguments.tuning),
        params.entry(VECTORS, arguments.vectors),
    )
    settings = params.section(SEARCH)
    training = Training(
        replicates=1,
        seed=settings.seed,
        class_weights=params.section(CLASS_WEIGHTS),
        devices=params.section(DEVICES),
        deterministic_ops=params.section(DETERMINISTIC_OPS),
    )
    if entries.tuning.leaves_out(entries.vectors.source):
        leave_out(arguments.tuning, arguments.out)
    else:
        inputs = Inputs(arguments.corpus, arguments.tokens, arguments.embedding)
        search(entries, settings, training, params.section(SELECT_BY), inputs, arguments.out)


if __name__ == "__main__":
    errors.run(main)
