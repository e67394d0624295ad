"""In a process that computes as stages do, bytes depend neither on the number of cores nor on the processor's maker."""

import hashlib
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.machine import AVX2, THREADS
from embedding_bench.models.batching import Batcher, pack, prepare
from embedding_bench.models.canary import canary
from embedding_bench.models.classifier import Classifier
from tests.conftest import ROOT
from tests.models.test_encoders import ENCODERS, PRIOR

EMULATOR = shutil.which("qemu-x86_64-static") or shutil.which("qemu-x86_64")
CANARY = "import stages; from embedding_bench.models.canary import canary; print(canary())"
TRAIN = "import stages; from tests.models.test_canary import trained; print(trained())"


def trained() -> str:
    """Take some steps with every encoder, and hash all weights and predictions."""
    rng, digest = np.random.default_rng(0), hashlib.sha256()
    matrix = rng.normal(size=(500, 64)).astype(np.float32)
    lengths = rng.integers(20, 60, 64)
    ids = rng.integers(2, len(matrix), lengths.sum()).astype(np.int32)
    labels = rng.integers(0, 2, len(lengths)).astype(np.int32)
    for encoder in ENCODERS.values():
        encoded = prepare(Encoded(ids, np.cumsum([0, *lengths])), np.arange(len(matrix), dtype=np.int32), encoder)
        model = Classifier(matrix.shape, PRIOR, encoder, len(matrix))
        model.reset(matrix, 1, 0.05)
        batches = [Batcher(len(matrix)).take(encoded, np.arange(start, start + 32)) for start in (0, 32)]
        for _ in range(3):
            model.train(pack(batches), labels, (1, 0))
        for _, weights in sorted(model.weights().items()):
            digest.update(weights.tobytes())
        digest.update(model.predict(batches[0]).tobytes())
    return digest.hexdigest()


def printed(code: str, *prefix: str, **variables: str) -> str:
    """Run code in a process of its own, in which only `stages` sets how to compute."""
    inherited = {name: value for name, value in os.environ.items() if name not in (*THREADS, *AVX2)}
    done = subprocess.run(
        [*prefix, sys.executable, "-c", code],
        cwd=ROOT,
        env={**inherited, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_canary_is_the_same_each_time_and_here():
    assert printed(CANARY) == canary()


@pytest.mark.skipif(shutil.which("taskset") is None, reason="NO TASKSET")
def test_one_core_trains_the_same_bytes_as_all():
    assert printed(TRAIN, "taskset", "--cpu-list", "0") == printed(TRAIN)


@pytest.mark.parametrize(("name", "value"), [("ONEDNN_MAX_CPU_ISA", "SSE41"), ("OPENBLAS_CORETYPE", "Nehalem")])
def test_the_canary_tells_machines_apart_that_use_other_instructions(name, value):
    assert printed(CANARY, **{name: value}) != canary()


EMULATED = pytest.mark.skipif(EMULATOR is None, reason="NO EMULATOR: install qemu-user-static to try other processors")


@EMULATED
@pytest.mark.parametrize("processor", ["Haswell", "EPYC-Rome"])
def test_other_processors_have_the_same_canary(processor):
    assert printed(CANARY, str(EMULATOR), "-cpu", processor) == canary()


@EMULATED
@pytest.mark.slow
def test_other_processors_train_the_same_bytes():
    assert printed(TRAIN, str(EMULATOR), "-cpu", "Haswell") == printed(TRAIN)
