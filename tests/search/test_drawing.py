import numpy as np
import pytest

from embedding_bench.search.drawing import draw, edges, importances
from embedding_bench.settings.search import Range

SPACE = {"rate": Range(low=0.001, high=0.1), "width": [16, 32, 64], "widths": [[1, 2], [3, 4]]}


def test_a_longer_search_begins_with_the_shorter_one():
    assert draw(SPACE, {}, 16, 1)[:6] == draw(SPACE, {}, 6, 1)
    assert draw(SPACE, {}, 6, 1) != draw(SPACE, {}, 6, 2)


def test_draws_lie_in_the_space_and_fill_it():
    drawn = draw(SPACE, {}, 32, 1)
    logs = np.log10([values["rate"] for values in drawn])
    assert ((logs >= -3) & (logs <= -1)).all()
    quarters = np.histogram(logs, bins=4, range=(-3, -1))[0]
    assert quarters.min() >= 7, "evenly on a logarithmic scale"
    for key in ("width", "widths"):
        counts = [sum(values[key] == choice for values in drawn) for choice in SPACE[key]]
        assert min(counts) >= 32 // len(counts) - 2


def test_a_small_space_is_drawn_once():
    drawn = draw({"width": [16, 32, 64]}, {"width": 64}, 50, 1)
    assert sorted(values["width"] for values in drawn) == [16, 32], "64 is one's own"
    assert draw({}, {}, 50, 1) == draw(SPACE, {}, 0, 1) == []


def test_the_setting_that_decides_is_the_important_one():
    drawn = draw(SPACE, {}, 24, 1)
    found = importances(SPACE, drawn, [values["width"] / 64 + values["rate"] / 10 for values in drawn], 1)
    assert set(found) == set(SPACE)
    assert found["width"] > 0.8
    assert sum(found.values()) == pytest.approx(1, abs=0.01)


def test_the_only_setting_explains_everything():
    assert importances({"width": [16, 32, 64]}, [{"width": 16}, {"width": 32}], [0.1, 0.2], 1) == {"width": 1.0}


def test_equal_scores_tell_nothing():
    drawn = draw(SPACE, {}, 8, 1)
    assert importances(SPACE, drawn, [0.9] * len(drawn), 1) == {}


def test_the_smallest_count_is_no_edge():
    space = {"min_count": [1, 2, 5], "dropout": [0.1, 0.3, 0.5]}
    assert edges(space, {"min_count": 1, "dropout": 0.1}, dict.fromkeys(space, 0.5)) == ["dropout"]
    assert edges(space, {"min_count": 5, "dropout": 0.3}, dict.fromkeys(space, 0.5)) == ["min_count"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"rate": 0.01, "width": 32, "widths": [1, 2]}, []),
        ({"rate": 0.0012, "width": 32, "widths": [1, 2]}, ["rate"]),
        ({"rate": 0.09, "width": 32, "widths": [3, 4]}, ["rate"]),
        ({"rate": 0.5, "width": 32, "widths": [3, 4]}, ["rate"]),  # of params.yaml, outside its space
        ({"rate": 0.01, "width": 64, "widths": [3, 4]}, ["width"]),
    ],
)
def test_what_matters_and_lies_at_an_end_of_its_space_is_named(values, expected):
    assert edges(SPACE, values, dict.fromkeys(SPACE, 0.3)) == expected
    assert edges(SPACE, values, dict.fromkeys(SPACE, 0.05)) == []
