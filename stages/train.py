"""train: train one variant, once per replicate."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import search as artifact
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.models.cell import Cell, Config, Inputs, Outputs, train_cells
from embedding_bench.settings.compare import SELECT_BY
from embedding_bench.settings.training import TRAINING

LOGS = "logs"  # of TensorBoard, not hashed; Layout does not name it, because its edits would train everything anew


def train(stage: str, config: Config, inputs: Inputs, outputs: Outputs) -> None:
    """Write the best replicate's model, and the predictions, histories and scores of all replicates."""
    with timing.timed(stage, [outputs.scores]) as timings:
        (trained,) = train_cells([Cell(config, inputs, outputs)])
        timings.update(trained.timings)
    if config.training.tensorboard:
        from embedding_bench.models.tensorboard import log_histories  # TensorFlow takes seconds

        log_histories(timing.project_root() / LOGS / outputs.model.name, trained.histories)
    log(f"{stage}: {trained.summary}")


def leave_out(stage: str, why: str, outputs: Outputs) -> None:
    """Write the reason, and nothing else."""
    with timing.timed(stage, [outputs.scores]):
        for output in outputs:
            with atomic_folder(output) as folder:
                (folder / "left-out.txt").write_text(why + "\n", encoding="utf-8")
    log(f"{stage}: {why}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for path in ("settings", "corpus", "tokens", "embedding", "out", "scores"):
        parser.add_argument(f"--{path}", type=Path, required=True)
    arguments = parser.parse_args()
    params = Params.read()
    inputs = Inputs(arguments.corpus, arguments.tokens, arguments.embedding)
    stage, outputs = f"train@{arguments.out.name}", Outputs(arguments.out, arguments.scores)
    if why := artifact.left_out(arguments.settings):
        leave_out(stage, why, outputs)
    else:
        settings = artifact.read_variant(arguments.settings)
        config = Config(settings, params.section(TRAINING), params.section(SELECT_BY))
        train(stage, config, inputs, outputs)


if __name__ == "__main__":
    errors.run(main)
