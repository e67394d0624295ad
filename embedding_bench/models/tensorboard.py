"""Training histories as TensorBoard event files."""

from pathlib import Path

from embedding_bench.artifacts.scores import History
from embedding_bench.tensorflow import tf


def log_histories(folder: Path, histories: list[History]) -> None:
    """Write a run per replicate, with a scalar per column of its history."""
    for number, history in enumerate(histories):
        writer = tf.summary.create_file_writer(str(folder / f"replicate-{number}"))
        with writer.as_default():
            for row in history:
                for name, value in row.items():
                    if name != "epoch":
                        tf.summary.scalar(name, value, step=int(row["epoch"]))
        writer.close()
