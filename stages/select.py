"""select: rank all rows on validation, and name the variants to train anew."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import corpus, scores, search, selection
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.selection import Contender
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.evaluation.ranking import rank_rows, to_confirm
from embedding_bench.evaluation.selection import candidate
from embedding_bench.settings.compare import SELECT_BY
from embedding_bench.settings.run import RUN, Run


def select(layout: Layout, run: Run, select_by: str) -> None:
    """Write ranks and contenders; test data are not read."""
    with timing.timed("select", [layout.selection]), atomic_folder(layout.selection) as folder:
        labels = corpus.read_labels(layout.corpus, "validation")
        candidates = {
            name: candidate(labels, scores.read_predictions(scored, "validation"), select_by)
            for name, _, scored in layout.rows(run)
        }
        variants = {variant.name: variant for variant in layout.variants(run)}
        ranked = rank_rows(candidates, list(variants))
        confirmed = [variants[name] for name in to_confirm(ranked, list(variants))]
        contenders = [Contender(v, search.read_variant(layout.settings(v.name))) for v in confirmed]
        selection.write(folder, contenders, select_by, ranked)
    log(f"select: {' before '.join(variant.name for variant in confirmed)}, by {select_by} on validation")


def main() -> None:
    """Read the command line and the sections of params.yaml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    root, params = parser.parse_args().root, Params.read()
    select(Layout(root), params.section(RUN), params.section(SELECT_BY))


if __name__ == "__main__":
    errors.run(main)
