"""One training on two virtual CPU devices, in a process of its own: devices are set before TensorFlow starts."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.models.test_training import ENCODERS

TWO_DEVICES = """
import json, sys
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

from embedding_bench.settings.training import Training
from tests.models.test_training import ENCODERS, LABELS, LEARNED, TEXTS, Tuning, embedding, train_variant


def train(name, tuning, devices, **changed):
    settings = ENCODERS[name].model_copy(update={"epochs": 3, "dropout": 0.0} | changed)
    training = Training(replicates=1, seed=1, devices=devices)
    (found,) = train_variant(TEXTS, LABELS, embedding(), settings, tuning, training)
    return found


def distance(first, second):
    pairs = [(first.weights[name], second.weights[name]) for name in first.weights]
    pairs += [(first.predictions["test"], second.predictions["test"])]
    pairs += [(a["loss"], b["loss"]) for a, b in zip(first.history, second.history, strict=True)]
    return max(float(np.abs(a - b).max()) for a, b in pairs)


found = {}
for name in ENCODERS:
    for kind, tuning in {"finetuned": LEARNED, "frozen": Tuning(trainable=False)}.items():
        one, two, again = (train(name, tuning, devices, batch_size=17) for devices in (1, 2, 2))
        found[f"{name} {kind}"] = [distance(one, two), distance(two, again)]
# The last batch has a single text, and a device none.
found["lonely"] = [distance(*(train("bilstm", LEARNED, devices, batch_size=59) for devices in (1, 2))), 0.0]
found["dropout"] = [distance(*(train("mean", LEARNED, devices, dropout=0.5) for devices in (1, 2))), 0.0]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, list[float]]:
    """Distances of weights, losses and predictions: of two devices from one, and of two from themselves again."""
    run = subprocess.run([sys.executable, "-c", TWO_DEVICES], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize("tuning", ["finetuned", "frozen"])
@pytest.mark.parametrize("encoder", ENCODERS)
def test_two_devices_train_as_one_does_and_repeat(found, encoder, tuning):
    from_one, again = found[f"{encoder} {tuning}"]
    assert from_one < 1e-5
    assert again == 0


def test_a_device_without_texts_changes_nothing(found):
    assert found["lonely"][0] < 1e-5


def test_devices_drop_out_different_values(found):
    assert found["dropout"][0] > 1e-3


def test_missing_devices_are_named():
    code = (
        "from tests.models.test_training import *\n"
        "training = Training(replicates=1, seed=1, devices=3)\n"
        "list(train_variant(TEXTS, LABELS, embedding(), ENCODERS['mean'], LEARNED, training))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "training.devices: found 3, this machine has 1 CPU; lower it to that" in run.stderr
