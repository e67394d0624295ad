"""compare: build the leaderboard, and the files for dvc metrics and dvc plots."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from embedding_bench.artifacts import corpus, leaderboard, search, selection, tables, tokens
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import read_json, save_json, save_text
from embedding_bench.core.params import Params
from embedding_bench.evaluation.analysis import analyse
from embedding_bench.evaluation.coverage import collect_coverage
from embedding_bench.evaluation.leaderboard import build_rows, validation_gap
from embedding_bench.evaluation.learning_pairs import learning_pairs
from embedding_bench.evaluation.outcomes import curves_of, mean_hits, read_labels, read_outcomes
from embedding_bench.evaluation.rendering import note_on_machines, to_markdown, to_sentence
from embedding_bench.evaluation.tables import confusion_table, epoch_table, learning_table, summary
from embedding_bench.evaluation.together import average_models
from embedding_bench.evaluation.trials import search_summary, search_table
from embedding_bench.git import code_commit, text_at
from embedding_bench.reporting.projector_config import projector_config
from embedding_bench.settings.compare import COMPARE, Compare
from embedding_bench.settings.run import RUN, Run
from embedding_bench.settings.training import TRAINING, Training
from embedding_bench.settings.tuning import TUNING, Tuning
from embedding_bench.settings.vectors import VECTORS, VectorSource


def compare(
    layout: Layout,
    run: Run,
    training: Training,
    settings: Compare,
    vectors: Mapping[str, VectorSource],
    tuning: Mapping[str, Tuning],
) -> None:
    """Compare all rows of params.yaml; other results in the folders are ignored."""
    with timing.timed("compare", [layout.leaderboard]) as timings:
        timings["commit"] = code_commit()
        description, confidence = corpus.read_summary(layout.corpus), settings.confidence
        ranks, labels = selection.read_ranks(layout.selection), read_labels(layout)
        outcomes, facets = read_outcomes(layout, run, ranks), corpus.read_facets(layout.corpus, "test")
        curves = curves_of(outcomes, labels)
        trials = {outcome.name: search.read_trials(layout.search(outcome.name)) for outcome in outcomes}
        validation, test = (mean_hits(layout, run, labels, split) for split in ("validation", "test"))
        board = Leaderboard(
            dataset=description["dataset"],
            ceiling=description.get("ceiling"),
            confidence=confidence,
            select_by=ranks.select_by,
            validation_gap=validation_gap(validation, test, confidence),
            canary=read_json(layout.canary),
            rows=build_rows(outcomes, ranks, curves, labels["test"], facets, trials, confidence),
            learning=learning_pairs(outcomes, curves, ranks, vectors, tuning, confidence),
            together=average_models(layout, outcomes, ranks.selected, labels, confidence),
        )
        lengths = np.diff(tokens.read_split(layout.tokens(run.vectorizers[0]), "test").offsets)
        analysis = analyse(outcomes, labels["test"], description["labels"], lengths, confidence)
        leaderboard.write(layout.leaderboard, board)
        save_json(layout.analysis, analysis)
        save_json(layout.summary, summary(board.rows))
        save_json(layout.search_summary, search_summary(board.rows))
        save_json(layout.coverage, collect_coverage(layout, run, settings.missing_words))
        tables.write(layout.curves, epoch_table(layout, run, training.replicates))
        tables.write(layout.learning, learning_table(board.rows))
        tables.write(layout.search_curves, search_table(board.rows))
        tables.write(layout.confusion, confusion_table(outcomes, labels["test"], description["labels"]))
        save_text(layout.leaderboard_page, to_markdown(board))
        save_text(layout.projector_config, projector_config(layout.variants(run)))
    log(f"compare: {len(outcomes)} rows on {board.dataset}. {to_sentence(board)}")
    for pair in board.learning:
        log(f"labels: {pair.sentence}")
    if note := note_on_machines(board, text_at("HEAD", layout.leaderboard)):
        log(f"warning: compare: {note}")


def main() -> None:
    """Read the command line and the sections of params.yaml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    root, params = parser.parse_args().root, Params.read()
    compare(
        Layout(root),
        params.section(RUN),
        params.section(TRAINING),
        params.section(COMPARE),
        params.catalogue(VECTORS),
        params.catalogue(TUNING),
    )


if __name__ == "__main__":
    errors.run(main)
