"""An epoch as stages compute it, with instructions up to AVX2, compared with all instructions of this machine.

Both use one thread. The instructions must be chosen before a library is imported: each measurement is a process.
"""

import argparse
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.measuring import Measured, by_turns, keep
from embedding_bench.core import errors
from embedding_bench.core.machine import AVX2, THREADS
from embedding_bench.settings.encoders import CNNEncoder, EncoderSettings, PoolingEncoder, RecurrentEncoder

ROOT = Path(__file__).parent.parent
TEXTS, WORDS, DIMENSIONS, CLASSES, BATCH = 2048, 5000, 100, 4, 64
EPOCHS = 7
COMMON: dict[str, Any] = {"batch_size": BATCH, "learning_rate": 0.01, "epochs": 1, "patience": 1}
ENCODERS: dict[str, EncoderSettings] = {
    "mean": PoolingEncoder(kind="mean", **COMMON),
    "cnn": CNNEncoder(kind="cnn", filters=64, widths=[2, 3, 4], **COMMON),
    "bilstm": RecurrentEncoder(kind="bilstm", units=[32], pooling="max", **COMMON),
}


def epoch_seconds(encoder: EncoderSettings) -> float:
    """Time the median of some epochs over texts of 5 to 29 random words, after one that traces."""
    from embedding_bench.artifacts.tokens import Encoded
    from embedding_bench.models.batching import Batcher, pack
    from embedding_bench.models.classifier import Classifier

    rng = np.random.default_rng(0)
    lengths = rng.integers(5, 30, TEXTS)
    encoded = Encoded(rng.integers(2, WORDS, lengths.sum()).astype(np.int32), np.cumsum([0, *lengths]))
    labels = rng.integers(0, CLASSES, TEXTS).astype(np.int32)
    prior = (np.bincount(labels) / TEXTS).astype(np.float32)
    matrix = rng.normal(size=(WORDS, DIMENSIONS)).astype(np.float32)
    model = Classifier(matrix.shape, prior, encoder, len(matrix))
    model.reset(matrix, 1, 0.05)
    batcher = Batcher(WORDS)
    packed = pack(batcher.take(encoded, np.arange(at, at + BATCH)) for at in range(0, TEXTS, BATCH))
    seconds = []
    for _ in range(1 + EPOCHS):
        start = time.perf_counter()
        model.train(packed, labels, (1, 0))
        seconds.append(time.perf_counter() - start)
    return median(seconds[1:])


def measured(name: str, instructions: dict[str, str]) -> float:
    """Time an encoder in a process with these instructions."""
    inherited = {variable: value for variable, value in os.environ.items() if variable not in AVX2}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.alike", "--encoder", name],
        cwd=ROOT,
        env={**inherited, **dict.fromkeys(THREADS, "1"), **instructions},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", choices=ENCODERS, help="only time this one, as this process computes")
    if name := parser.parse_args().encoder:
        print(epoch_seconds(ENCODERS[name]))
        return
    for name in ENCODERS:
        times = by_turns(partial(measured, name, AVX2), partial(measured, name, {}))
        notes = {"texts": TEXTS, "batch": BATCH, "dimensions": DIMENSIONS}
        what = f"an epoch of a fine-tuned {name} on one core, as stages compute"
        keep(Measured(f"alike-{name}", what, "all instructions of the machine", "s", *times, 1.2, notes))


if __name__ == "__main__":
    errors.run(main)
