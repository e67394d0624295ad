"""train: train one variant, once per replicate."""

import argparse
from pathlib import Path

from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.models.cell import Cell, Config, Inputs, Outputs, train_cells
from embedding_bench.settings.compare import SELECT_BY
from embedding_bench.settings.encoders import ENCODERS
from embedding_bench.settings.training import TRAINING
from embedding_bench.settings.tuning import TUNING
from embedding_bench.settings.vectors import VECTORS

LEFT_OUT = "left-out.txt"
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


def leave_out(stage: str, tuning: str, outputs: Outputs) -> None:
    """Write the reason, and nothing else."""
    why = f"left out: random vectors that stay frozen are a control; tuning.{tuning}.control: true trains it"
    with timing.timed(stage, [outputs.scores]):
        for output in outputs:
            with atomic_folder(output) as folder:
                (folder / LEFT_OUT).write_text(why + "\n", encoding="utf-8")
    log(f"{stage}: {why}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", required=True, help="a key of `vectors`")
    parser.add_argument("--tuning", required=True, help="a key of `tuning`")
    parser.add_argument("--encoder", required=True, help="a key of `encoders`")
    for folder in ("corpus", "tokens", "embedding", "out", "scores"):
        parser.add_argument(f"--{folder}", type=Path, required=True)
    arguments = parser.parse_args()
    params = Params.read()
    config = Config(
        params.entry(ENCODERS, arguments.encoder),
        params.entry(TUNING, arguments.tuning),
        params.section(TRAINING),
        params.section(SELECT_BY),
    )
    inputs = Inputs(arguments.corpus, arguments.tokens, arguments.embedding)
    stage, outputs = f"train@{arguments.out.name}", Outputs(arguments.out, arguments.scores)
    if config.tuning.leaves_out(params.entry(VECTORS, arguments.vectors).source):
        leave_out(stage, arguments.tuning, outputs)
    else:
        train(stage, config, inputs, outputs)


if __name__ == "__main__":
    errors.run(main)
