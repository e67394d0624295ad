"""confirm: train the selected variant and the next one anew, with seeds that had no part in selecting them."""

import argparse
from pathlib import Path

from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.selection import Contender, read_contenders
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder, write_json
from embedding_bench.core.params import Params
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.models.canary import canary
from embedding_bench.models.cell import Cell, Config, Inputs, Outputs, train_cells
from embedding_bench.settings.compare import SELECT_BY
from embedding_bench.settings.export import MEMBERS, Members
from embedding_bench.settings.training import TRAINING, Training


def confirm(layout: Layout, training: Training, select_by: str, members: Members) -> None:
    """Write models and scores of the contenders, and this machine's canary, all or none."""
    contenders = read_contenders(layout.contenders)
    with timing.timed("confirm", [layout.confirmed]) as timings, atomic_folder(layout.confirmed) as folder:
        keep = members == "replicates"
        cells = [_cell(contender, layout, folder, training, select_by)._replace(keep=keep) for contender in contenders]
        for contender, trained in zip(contenders, train_cells(cells), strict=True):
            timings[contender.variant.name] = trained.timings
            log(f"confirm: {contender.variant.name}: {trained.summary}")
        (found,) = execute([Task("canary", canary)])
        write_json(folder / layout.canary.name, found)


def _cell(contender: Contender, layout: Layout, folder: Path, training: Training, select_by: str) -> Cell:
    variant, settings = contender
    inputs = Inputs(
        layout.corpus, layout.tokens(variant.vectorizer), layout.embedding(variant.vectorizer, variant.vectors)
    )
    places = layout.confirmed_model(variant.name), layout.confirmed_scores(variant.name)
    outputs = Outputs(*(folder / place.relative_to(layout.confirmed) for place in places))
    return Cell(Config(settings, training, select_by), inputs, outputs, fresh=True)


def main() -> None:
    """Read the command line and the sections of params.yaml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    root, params = parser.parse_args().root, Params.read()
    confirm(Layout(root), params.section(TRAINING), params.section(SELECT_BY), params.section(MEMBERS))


if __name__ == "__main__":
    errors.run(main)
