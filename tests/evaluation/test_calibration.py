import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from embedding_bench.evaluation.calibration import scaled_log_loss
from embedding_bench.evaluation.metrics import log_loss


def drawn(seed: int, texts: int = 500, classes: int = 4, skill: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, texts).astype(np.int32)
    logits = rng.normal(0, 1, (texts, classes))
    logits[np.arange(texts), labels] += skill
    return labels, logits


@pytest.mark.parametrize("sharpness", [0.05, 0.5, 1, 4])
@pytest.mark.parametrize("seed", range(3))
def test_the_temperature_is_that_of_a_general_minimiser(seed, sharpness):
    labels, logits = drawn(seed)

    def loss(logarithm: float) -> float:
        scaled = log_softmax(np.exp(logarithm) * sharpness * logits, axis=1)
        return float(-scaled[np.arange(len(labels)), labels].mean())

    expected = minimize_scalar(loss, bounds=(-5, 5), method="bounded").fun
    assert scaled_log_loss(labels, softmax(sharpness * logits, axis=1)) == pytest.approx(expected, abs=2e-4)


def test_scaling_never_hurts_and_mends_overconfidence():
    labels, logits = drawn(1)
    sure = softmax(6 * logits, axis=1)
    assert scaled_log_loss(labels, sure) < 0.6 * log_loss(labels, sure)
    assert scaled_log_loss(labels, softmax(logits, axis=1)) <= log_loss(labels, softmax(logits, axis=1)) + 1e-9


@pytest.mark.parametrize("right", [True, False])
def test_extreme_predictions_have_a_finite_log_loss(right):
    labels = np.asarray([0, 1, 0], np.int32)
    sure = np.eye(2, dtype=np.float32)[labels if right else 1 - labels]
    assert scaled_log_loss(labels, sure) == pytest.approx(0.0 if right else np.log(2), abs=0.1)


@pytest.mark.parametrize("sharpness", [1e-4, 1e-3, 0.02])
def test_predictions_that_are_far_too_cautious_are_sharpened_up_to_a_limit(sharpness):
    labels, logits = drawn(2, skill=3.0)
    scaled = log_softmax(np.exp(5) * sharpness * logits, axis=1)
    limit = float(-scaled[np.arange(len(labels)), labels].mean())
    best = scaled_log_loss(labels, softmax(logits, axis=1))
    assert scaled_log_loss(labels, softmax(sharpness * logits, axis=1)) == pytest.approx(max(limit, best), abs=1e-3)


def test_predictions_that_are_wrong_are_flattened_up_to_a_limit():
    labels = np.zeros(10, np.int32)
    wrong = np.tile(np.float32([0.1, 0.9]), (10, 1))
    assert scaled_log_loss(labels, wrong) == pytest.approx(np.log(1 + np.exp(np.exp(-5) * np.log(9))), abs=1e-6)


def test_float32_probabilities_are_scaled_in_double_precision():
    labels, logits = drawn(3)
    probabilities = softmax(logits, axis=1)
    single = scaled_log_loss(labels, probabilities.astype(np.float32))
    assert single == pytest.approx(scaled_log_loss(labels, probabilities), abs=1e-7)


def test_constant_predictions_keep_their_log_loss():
    labels = np.asarray([0, 1, 2, 0], np.int32)
    assert scaled_log_loss(labels, np.full((4, 3), 1 / 3, np.float32)) == pytest.approx(np.log(3))
