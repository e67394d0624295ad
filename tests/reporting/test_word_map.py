import numpy as np
import pytest

from embedding_bench.reporting.word_map import NEIGHBOURS, nearest_neighbours, project, word_map

RNG = np.random.default_rng(0)
CENTRES = 10 * RNG.normal(size=(3, 20))
VECTORS = (np.repeat(CENTRES, 30, axis=0) + RNG.normal(size=(90, 20))).astype(np.float32)
GROUPS = np.repeat([0, 1, 2], 30)


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_words_of_a_kind_lie_together(method):
    coordinates = project(VECTORS, method, seed=1)
    centres = np.stack([coordinates[group == GROUPS].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(coordinates[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == GROUPS).mean() > 0.95
    assert coordinates.shape == (90, 2)
    assert np.abs(coordinates).max() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_a_map_repeats(method):
    np.testing.assert_array_equal(project(VECTORS, method, seed=1), project(VECTORS, method, seed=1))


@pytest.mark.parametrize("words", [1, 2, 5])
@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_a_few_words_are_a_map_too(words, method):
    assert np.isfinite(project(VECTORS[:words, :3], method, seed=1)).all()


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_a_second_map_is_turned_to_lie_on_the_first(method):
    first = project(VECTORS, method, seed=1)
    turn = np.linalg.qr(RNG.normal(size=(20, 20)))[0] * RNG.uniform(0.5, 2, 20)
    second = project((VECTORS @ turn).astype(np.float32), method, seed=1, like=first)
    assert all(np.corrcoef(first[:, axis], second[:, axis])[0, 1] > 0.5 for axis in (0, 1))


def test_neighbours_are_the_nearest_by_cosine():
    rows = nearest_neighbours(VECTORS)
    assert all(len(row) == NEIGHBOURS and word not in row for word, row in enumerate(rows))
    assert np.mean([GROUPS[other] == GROUPS[word] for word, row in enumerate(rows) for other in row]) == 1


def test_a_zero_vector_is_nobodys_neighbour():
    vectors = np.eye(4, dtype=np.float32)
    vectors[2] = 0
    rows = nearest_neighbours(vectors)
    assert rows[2] == []
    assert all(2 not in row for row in rows)


def test_a_map_says_which_class_uses_a_word():
    rates = np.asarray([[0.1, 0.3], [0.2, 0.0], [0.0, 0.0]])
    layout = word_map(["a", "b", "c"], rates, VECTORS[:3], None, "pca", seed=1)
    assert layout["affinity"] == [1, 0, 0]
    assert layout["affinity_share"] == [0.75, 1.0, 0.0]
    assert layout["after"] is None
    assert layout["neighbours_after"] is None
