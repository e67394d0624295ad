import numpy as np
import pytest
from scipy.sparse import csr_matrix

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.baselines.naive_bayes import NaiveBayesLogistic
from embedding_bench.models.naive_bayes import naive_bayes_weights

ROWS = 7  # the last one is in no text


def draw(classes: int) -> tuple[Encoded, np.ndarray, csr_matrix]:
    rng = np.random.default_rng(3)
    labels = np.append(np.arange(classes), rng.integers(classes, size=40)).astype(np.int32)
    lengths = rng.integers(0, 9, len(labels))
    ids = np.concatenate([rng.integers(0, 4 + label % 3, n) for label, n in zip(labels, lengths, strict=True)])
    texts = np.repeat(np.arange(len(labels)), lengths)
    counts = csr_matrix((np.ones(len(ids), np.float32), (texts, ids)), (len(labels), ROWS))
    return Encoded(ids.astype(np.int32), np.cumsum([0, *lengths])), labels, counts


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_weights_are_the_largest_ratios_of_the_baseline_in_units_of_their_mean(classes):
    encoded, labels, counts = draw(classes)
    ratios = np.abs(NaiveBayesLogistic(1.0, 100, balanced=False).fit(counts, labels).ratios)
    expected = ratios.max(axis=0)
    expected /= expected[np.unique(encoded.ids)].mean()
    np.testing.assert_allclose(naive_bayes_weights(encoded, labels, ROWS, classes), expected, rtol=1e-5)


def test_a_repeated_token_counts_once_a_text():
    labels = np.asarray([0, 1], np.int32)
    once = Encoded(np.asarray([1, 2], np.int32), np.asarray([0, 1, 2]))
    often = Encoded(np.asarray([1, 1, 1, 2], np.int32), np.asarray([0, 3, 4]))
    np.testing.assert_array_equal(naive_bayes_weights(once, labels, 3, 2), naive_bayes_weights(often, labels, 3, 2))


def test_texts_without_tokens_or_of_one_class_give_finite_weights():
    empty = Encoded(np.zeros(0, np.int32), np.zeros(3, np.int64))
    assert np.isfinite(naive_bayes_weights(empty, np.zeros(2, np.int32), 3, 2)).all()
    same = Encoded(np.asarray([1, 1], np.int32), np.asarray([0, 1, 2]))
    assert np.isfinite(naive_bayes_weights(same, np.asarray([0, 1], np.int32), 3, 2)).all()
