import numpy as np
import pytest

from embedding_bench.evaluation.groups import BINS, LENGTHS, by_class, by_length, length_groups, reliability
from embedding_bench.evaluation.outcomes import Hits


def one_row(right: np.ndarray) -> Hits:
    return Hits({"row": [right]}, {"row": "alone"})


def test_accuracy_by_class_is_its_recall():
    labels = np.asarray([0, 0, 2, 2, 2], np.int32)
    right = np.asarray([[1.0, 0, 1, 1, 1], [1, 1, 1, 1, 1]])
    rows = by_class(one_row(right), labels, ["x", "never", "y"], 0.95)["row"]
    assert [(row["class"], row["texts"], row["mean"]) for row in rows] == [("x", 2, 0.75), ("y", 3, 1.0)]


def test_the_largest_classes_are_listed_in_their_order():
    counts = np.r_[np.arange(1, 36)]  # 35 classes; 30 are listed, without the five smallest
    labels = np.repeat(np.arange(35), counts).astype(np.int32)
    rows = by_class(one_row(np.ones((1, len(labels)))), labels, [f"c{n}" for n in range(35)], 0.95)["row"]
    assert [row["class"] for row in rows] == [f"c{n}" for n in range(5, 35)]


def test_intervals_of_groups_are_cut_and_use_the_variance_of_alike_rows():
    right = np.ones((2, 40))
    other = np.ones((2, 40))
    other[0] = 0
    pooled = by_length(Hits({"a": [right], "b": [other]}, dict.fromkeys("ab", "x")), np.full(40, 3), 0.95)["a"][0]
    alone = by_length(one_row(right), np.full(40, 3), 0.95)["row"][0]
    assert (alone["high"], pooled["high"]) == (1, 1)
    assert 0 <= pooled["low"] < alone["low"] < 1


@pytest.mark.parametrize(
    "lengths",
    [np.arange(1, 1001), np.ones(50, int), np.asarray([0, 0, 0, 0, 9]), np.asarray([3]), np.repeat([1, 50], [99, 1])],
    ids=["even", "alike", "empty", "one", "skewed"],
)
def test_every_text_is_in_one_group_of_lengths(lengths):
    groups = length_groups(lengths)
    assert len(groups) <= LENGTHS
    sizes = [((lengths >= low) & (lengths <= high)).sum() for low, high in groups]
    assert sum(sizes) == len(lengths)
    assert all(sizes)


def test_groups_of_lengths_have_similar_sizes():
    assert [high - low + 1 for low, high in length_groups(np.arange(1, 1001))] == pytest.approx([200] * 5, abs=1)


def test_accuracy_by_length():
    lengths = np.repeat([3, 10], 50)
    right = np.tile(np.repeat([1.0, 0.0], 50), (2, 1))
    rows = by_length(one_row(right), lengths, 0.95)["row"]
    assert [(row["from"], row["to"], row["mean"]) for row in rows] == [(3, 3, 1.0), (4, 10, 0.0)]


def test_reliability_of_a_calibrated_row():
    rng = np.random.default_rng(1)
    confidence = rng.uniform(0.5, 1, 20_000)
    labels = (rng.random(20_000) > confidence).astype(np.int32)  # class 0 as often as predicted
    probabilities = np.stack([confidence, 1 - confidence], axis=1).astype(np.float32)[None]
    bins = reliability(labels, probabilities)
    assert len(bins) == BINS // 2
    assert sum(row["share"] for row in bins) == pytest.approx(1, abs=1e-4)
    for row in bins:
        assert row["accuracy"] == pytest.approx(row["confidence"], abs=0.03)
