"""export: export the selected variant as a model that takes raw text."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import corpus, exported, leaderboard
from embedding_bench.artifacts.layout import Layout
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.serving.card import better_baselines, model_card
from embedding_bench.serving.export import TOLERANCE, assemble, largest_difference
from embedding_bench.serving.keras_file import write_model
from embedding_bench.settings.export import EXPORT, Export


def export(settings: Export, layout: Layout) -> None:
    """Write the chosen variant, and compare its answers with training's.

    Raises:
        UserError: The chosen row is a baseline, or has not kept the models of all replicates, which are asked for.
    """
    board = leaderboard.read(layout.leaderboard)
    row = board.row(settings.variant) if settings.variant else board.selected
    if row.variant is None:
        raise UserError(f"export.variant: found '{row.name}', a baseline; name a variant, or null")
    with timing.timed("export", [layout.export]), atomic_folder(layout.export) as folder:
        model = assemble(row, row.variant, layout, settings.members)
        write_model(folder / "model.keras", model.classifier)
        exported.write(folder, model.facts, model_card(model.facts, corpus.read_summary(layout.corpus), board))
        difference = largest_difference(folder / "model.keras", layout.corpus, model.trained)
        if difference > TOLERANCE:
            raise RuntimeError(f"the exported model differs from training by {difference:.1e} on the test split")
    metrics = model.facts.metrics
    numbers = metrics["replicates"]
    whose = f"replicate {numbers[0] + 1} of {model.replicates} (the best on validation)"
    log(
        f"export: {row.name}, {whose if len(numbers) == 1 else f'the average of {len(numbers)} replicates'}, "
        f"test accuracy {metrics['accuracy']:.4f}; largest difference from training's probabilities {difference:.0e}"
        + "".join(f". {line.removesuffix('.')}" for line in better_baselines(row, board))
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    arguments = parser.parse_args()
    export(Params.read().section(EXPORT), Layout(arguments.root))


if __name__ == "__main__":
    errors.run(main)
