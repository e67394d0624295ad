import numpy as np
import pytest

from embedding_bench.probing import space as space_module
from embedding_bench.probing.space import Space, analogy, nearest, normalised, odd_one_out

WORDS = ["king", "queen", "man", "woman", "far", "nothing"]
VECTORS = np.asarray([[3, 1, 0], [3, 0, 1], [0, 1, 0], [0, 0, 1], [30, 11, 0], [0, 0, 0]], np.float32)


@pytest.fixture(params=[np.float32, np.float16])
def space(request, monkeypatch) -> Space:
    monkeypatch.setattr(space_module, "BLOCK", 4)  # two blocks of words
    return Space(WORDS, VECTORS.astype(request.param))


def test_cosine_and_euclidean_neighbours_differ(space):
    target = VECTORS[0]
    assert nearest(space, target, 1, {0}) == [("far", pytest.approx(101 / 10210**0.5))]
    assert nearest(space, target, 1, {0}, "euclidean") == [("queen", pytest.approx(2**0.5))]


def test_a_word_is_nearest_to_itself_unless_it_is_skipped(space):
    assert nearest(space, VECTORS[1], 1, distance="euclidean") == [("queen", 0.0)]
    assert nearest(space, VECTORS[1], 1)[0] == ("queen", pytest.approx(1))


def test_more_neighbours_than_words_are_all_words(space):
    assert len(nearest(space, VECTORS[1], 99, {1})) == len(WORDS) - 1


def test_ties_are_in_the_order_of_rows():
    equal = Space(list("abcde"), np.ones((5, 2), np.float32))
    assert [word for word, _ in nearest(equal, np.ones(2, np.float32), 3, {1})] == ["a", "c", "d"]


def test_a_row_of_zeros_has_cosine_zero(space):
    assert space.cosines(VECTORS[0])[5] == 0
    np.testing.assert_array_equal(space.cosines(VECTORS[5]), np.zeros(6))


def test_an_analogy_adds_directions_not_vectors():
    king, man, woman = VECTORS[[0, 2, 3]]
    np.testing.assert_allclose(analogy(np.stack([man, king, woman])), normalised(king[None])[0] - man + woman)
    np.testing.assert_allclose(analogy(np.stack([9 * man, king, woman])), analogy(np.stack([man, king, 7 * woman])))


def test_the_odd_one_out_has_the_smallest_cosine_with_the_mean():
    assert odd_one_out(VECTORS[[0, 1, 4, 2]]).argmin() == 3
