import numpy as np
import pytest
from sklearn import metrics as reference

from embedding_bench.evaluation.metrics import calibration_error, fold_confusion, mean_confusion, measure

RNG = np.random.default_rng(3)
LABELS = RNG.integers(0, 3, 200).astype(np.int32)
PROBABILITIES = RNG.dirichlet([1, 1, 1], 200).astype(np.float32)
PREDICTED = PROBABILITIES.argmax(axis=1)


def test_measures_equal_scikit_learns():
    found = measure(LABELS, PROBABILITIES)
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(LABELS, PREDICTED))
    assert found["macro_f1"] == pytest.approx(reference.f1_score(LABELS, PREDICTED, average="macro"), abs=1e-6)
    assert found["log_loss"] == pytest.approx(reference.log_loss(LABELS, PROBABILITIES), abs=1e-5)
    expected = reference.precision_recall_fscore_support(LABELS, PREDICTED)
    for name, values in zip(("precision", "recall", "f1"), expected[:3], strict=True):
        assert found["classes"][name] == pytest.approx(values.tolist(), abs=1e-6)


def test_a_class_that_never_occurs_counts_zero():
    found = measure(np.asarray([0, 0], np.int32), np.asarray([[1, 0, 0], [1, 0, 0]], np.float32))
    assert found["accuracy"] == 1
    assert found["classes"]["f1"] == [1, 0, 0]


def test_confusion_is_the_mean_of_the_replicates():
    replicates = np.stack([PROBABILITIES, RNG.dirichlet([1, 1, 1], 200).astype(np.float32)])
    expected = [reference.confusion_matrix(LABELS, found.argmax(axis=1)) for found in replicates]
    np.testing.assert_array_equal(mean_confusion(LABELS, replicates), np.mean(expected, axis=0))


def test_many_classes_are_folded_into_the_largest_and_the_others():
    table = np.diag([5.0, 1, 7, 2])
    table[0, 3] = 1
    folded, names = fold_confusion(table, list("abcd"), most=3)
    assert names == ["a", "c", "2 others"]
    np.testing.assert_array_equal(folded, [[5, 0, 1], [0, 7, 0], [0, 0, 3]])
    assert fold_confusion(table, list("abcd"), most=4)[1] == list("abcd")


def test_macro_f1_is_that_of_the_classes_that_occur():
    labels, predicted = np.asarray([0, 0, 1, 1], np.int32), [0, 2, 1, 1]
    found = measure(labels, np.eye(4, dtype=np.float32)[predicted])
    expected = reference.f1_score(labels, predicted, labels=[0, 1], average="macro")
    assert found["macro_f1"] == pytest.approx(expected, abs=1e-6)


def test_the_calibration_error_is_the_gap_in_each_bin():
    """By hand: 15 bins of confidence; 0.95 and 0.99 share the last one, 0.55 is alone, 1.0 is in the last, too."""
    labels = np.asarray([0, 1, 0, 0], np.int32)
    confidence = np.asarray([0.95, 0.99, 0.55, 1.0])
    probabilities = np.stack([confidence, 1 - confidence], axis=1).astype(np.float32)
    last = abs((1 - 0.95) + (0 - 0.99) + (1 - 1.0))
    assert calibration_error(labels, probabilities) == pytest.approx((last + abs(1 - 0.55)) / 4, abs=1e-6)
    assert measure(labels, probabilities)["calibration_error"] == pytest.approx((last + 0.45) / 4, abs=1e-6)


def test_values_have_six_digits():
    found = measure(LABELS, PROBABILITIES)
    for name in ("accuracy", "macro_f1", "log_loss", "calibration_error"):
        assert found[name] == round(found[name], 6)
    assert all(value == round(value, 6) for values in found["classes"].values() for value in values)


def test_one_text_can_be_measured():
    found = measure(np.asarray([1], np.int32), np.asarray([[0.2, 0.8]], np.float32))
    assert (found["accuracy"], found["macro_f1"]) == (1, 1)


def test_sure_and_wrong_is_badly_calibrated():
    labels = np.asarray([0, 1], np.int32)
    sure = np.asarray([[1, 0], [1, 0]], np.float32)
    assert calibration_error(labels, sure) == pytest.approx(0.5)
    assert calibration_error(labels, np.full((2, 2), 0.5, np.float32)) == pytest.approx(0)
