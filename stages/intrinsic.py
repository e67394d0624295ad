"""intrinsic: measure analogies and similarity of the vectors, and the drift of fine-tuning."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import intrinsic as artifact
from embedding_bench.artifacts.layout import Layout
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder, save_json
from embedding_bench.core.params import Params
from embedding_bench.probing.intrinsic import measure_variants, measure_vectors, summarise
from embedding_bench.probing.question_sets import read_sets
from embedding_bench.probing.rendering import to_markdown
from embedding_bench.settings.intrinsic import INTRINSIC, Intrinsic
from embedding_bench.settings.run import RUN, Run


def intrinsic(run: Run, settings: Intrinsic, layout: Layout) -> None:
    """Measure every source of vectors and every fine-tuned variant of the run.

    Writes all values as `intrinsic.json` and `intrinsic.md`, and a summary for Git to metrics/.
    """
    with timing.timed("intrinsic", [layout.intrinsic, layout.intrinsic_metrics]):
        sets = read_sets(settings.analogies, settings.similarity)
        measured = {
            "vectors": measure_vectors(run, settings, sets, layout),
            "finetuned": measure_variants(run, settings, sets, layout),
        }
        with atomic_folder(layout.intrinsic) as folder:
            artifact.write(folder, measured, to_markdown(measured))
        save_json(layout.intrinsic_metrics, summarise(measured))
    log(f"intrinsic: {len(measured['vectors'])} sources of vectors, {len(measured['finetuned'])} fine-tuned variants")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    arguments = parser.parse_args()
    params = Params.read()
    intrinsic(params.section(RUN), params.section(INTRINSIC), Layout(arguments.root))


if __name__ == "__main__":
    errors.run(main)
