"""confirm: train the selected variant and the next one anew, with seeds that had no part in selecting them."""

import argparse
from pathlib import Path

from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.selection import Contender, read_contenders
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.models.cell import Config, Inputs, Outputs, train_cell
from embedding_bench.settings.compare import SELECT_BY
from embedding_bench.settings.training import TRAINING, Training


def confirm(layout: Layout, training: Training, select_by: str) -> None:
    """Write models and scores of the contenders, all or none."""
    contenders = read_contenders(layout.contenders)
    with timing.timed("confirm", [layout.confirmed]) as timings, atomic_folder(layout.confirmed) as folder:
        for contender in contenders:
            timings[contender.variant.name] = _confirm(contender, layout, folder, training, select_by)


def _confirm(
    contender: Contender, layout: Layout, folder: Path, training: Training, select_by: str
) -> dict[str, object]:
    variant, encoder, tuning = contender
    inputs = Inputs(
        layout.corpus, layout.tokens(variant.vectorizer), layout.embedding(variant.vectorizer, variant.vectors)
    )
    places = layout.confirmed_model(variant.name), layout.confirmed_scores(variant.name)
    outputs = Outputs(*(folder / place.relative_to(layout.confirmed) for place in places))
    trained = train_cell(Config(encoder, tuning, training, select_by), inputs, outputs, fresh=True)
    log(f"confirm: {variant.name}: {trained.summary}")
    return trained.timings


def main() -> None:
    """Read the command line and the sections of params.yaml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    root, params = parser.parse_args().root, Params.read()
    confirm(Layout(root), params.section(TRAINING), params.section(SELECT_BY))


if __name__ == "__main__":
    errors.run(main)
