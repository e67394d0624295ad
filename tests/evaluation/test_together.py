import numpy as np
import pytest

from embedding_bench.evaluation.together import build_together, choose_members

TEXTS, CLASSES = 400, 3
LABELS = np.random.default_rng(0).integers(CLASSES, size=TEXTS).astype(np.int32)


def predict(skill: float, seed: int, replicates: int = 2) -> np.ndarray:
    """Probabilities of models that know something of the labels, each with noise of its own."""
    rng = np.random.default_rng(seed)
    logits = skill * np.eye(CLASSES)[LABELS] + rng.normal(size=(replicates, TEXTS, CLASSES))
    exponentials = np.exp(logits)
    return (exponentials / exponentials.sum(axis=2, keepdims=True)).astype(np.float32)


def test_a_variant_that_errs_elsewhere_joins_and_one_that_knows_nothing_does_not():
    validation = {"first": predict(1.5, 1), "useless": predict(0.0, 2), "other": predict(1.4, 3)}
    assert choose_members(validation, LABELS, "first") == ["first", "other"]


def test_a_copy_of_the_first_adds_nothing():
    first = predict(1.5, 1)
    assert choose_members({"first": first, "copy": first}, LABELS, "first") == ["first"]


def test_at_most_four_variants_share():
    validation = {f"v{seed}": predict(1.0, seed) for seed in range(7)}
    assert len(choose_members(validation, LABELS, "v0")) == 4


def test_averages_are_measured_against_one_model_of_the_first():
    test = {"first": predict(1.5, 1, 3), "other": predict(1.4, 3)}
    alone, both = build_together(test, LABELS, ["first", "other"], 0.95)
    single = (test["first"].argmax(axis=2) == LABELS).mean()
    for found, models, average in (
        (alone, 3, test["first"].mean(axis=0)),
        (both, 5, (test["first"].mean(axis=0) + test["other"].mean(axis=0)) / 2),
    ):
        accuracy = (average.argmax(axis=1) == LABELS).mean()
        assert found.models == models
        assert found.accuracy.mean == pytest.approx(accuracy, abs=1e-6)
        assert found.gain.mean == pytest.approx(accuracy - single, abs=1e-6)
        assert found.accuracy.low < accuracy < found.accuracy.high
        assert found.gain.low < found.gain.mean < found.gain.high
    assert (alone.members, both.members) == (["first"], ["first", "other"])


def test_one_replicate_of_one_variant_has_no_average():
    assert build_together({"first": predict(1.5, 1, 1)}, LABELS, ["first"], 0.95) == []
