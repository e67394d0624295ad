import numpy as np
import pytest

from embedding_bench.probing.drift import describe_drift, row_distances

WORDS = ["left", "right", "up", "still", "rare", "unseen"]
COUNTS = np.asarray([20, 30, 10, 15, 3, 0])
BEFORE = np.asarray([[1, 0], [0, 1], [1, 1], [2, 2.5], [1, 0], [1, 0]], np.float32)
AFTER = np.asarray([[0, 3], [0, 1], [1, 0.9], [2, 2.5], [-1, 0], [-5, 0]], np.float32)


def test_distances_match_hand_calculation():
    distances = row_distances(BEFORE[:2], AFTER[:2])
    np.testing.assert_allclose(distances.cosine, [1, 0], atol=1e-12)
    np.testing.assert_allclose(distances.euclidean, [10**0.5, 0])


def test_rows_of_zeros_have_no_direction():
    distances = row_distances(np.zeros((1, 2)), np.ones((1, 2)))
    assert np.isnan(distances.cosine[0])
    assert distances.euclidean[0] == pytest.approx(2**0.5)


def test_rare_words_count_in_the_mean_only_and_unseen_words_nowhere():
    found = describe_drift(WORDS, COUNTS, BEFORE, AFTER, 2)
    distances = row_distances(BEFORE[:5], AFTER[:5])
    assert (found["words"], found["frequent"]) == (5, 4)
    assert found["cosine"] == pytest.approx(distances.cosine.mean(), abs=1e-6)
    assert found["euclidean"] == pytest.approx(distances.euclidean.mean(), abs=1e-6)
    assert [row["word"] for row in found["most_moved"]] == ["left", "up"]
    assert found["most_moved"][0] == {
        "word": "left",
        "count": 20,
        "cosine": 1.0,
        "euclidean": 3.162278,
        "before": ["up", "still", "right"],
        "after": ["right", "still", "up"],
    }


def test_a_corpus_without_frequent_words_lists_none():
    found = describe_drift(WORDS, np.zeros(6, int), BEFORE, AFTER, 5)
    assert found == {"words": 0, "frequent": 0, "most_moved": []}


def test_words_that_did_not_move_are_not_listed():
    found = describe_drift(WORDS, COUNTS, BEFORE, AFTER, 99)
    assert [row["word"] for row in found["most_moved"]] == ["left", "up"]


def test_words_without_direction_are_not_listed():
    found = describe_drift(["a", "b"], np.full(2, 99), np.zeros((2, 2)), np.ones((2, 2)), 5)
    assert found["most_moved"] == []
    assert "cosine" not in found
