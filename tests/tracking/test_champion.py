from itertools import pairwise

import numpy as np
import pytest

from embedding_bench.tracking.champion import Comparison, Rated, judge, level_of
from embedding_bench.tracking.collect import compare_hits

NEW, CHAMPION = Rated("3", "0.9100", "texts"), Rated("1", "0.8700", "texts")
BETTER = Comparison(0.04, 0.01, 0.07, 0.002)


def test_the_first_version_is_champion():
    assert judge(NEW, None, None, 1.0) == (True, "now the champion, as the first version")


def test_a_better_version_becomes_champion():
    moves, reason = judge(NEW, CHAMPION, BETTER, 0.025)
    assert moves
    assert reason == (
        "now the champion instead of version 1 (validation accuracy 0.8700): validation difference +0.0400 "
        "(+0.0100 to +0.0700, p = 0.0020 at level 0.025); `embedding-bench champion 1` moves it back"
    )


@pytest.mark.parametrize(
    ("comparison", "level"),
    [
        (Comparison(0.01, -0.01, 0.03, 0.3), 0.025),
        (BETTER, 0.001),
        (Comparison(-0.04, -0.07, -0.01, 0.998), 0.025),
        (Comparison(0.0, -0.01, 0.01, 0.5), 0.025),
    ],
    ids=["maybe better", "at another level", "worse", "equal"],
)
def test_a_version_that_is_not_surely_better_does_not(comparison, level):
    moves, reason = judge(NEW, CHAMPION, comparison, level)
    assert not moves
    assert reason.startswith("the champion remains version 1 (validation accuracy 0.8700): validation difference ")
    assert reason.endswith(", not significantly better; `embedding-bench champion 3` moves it by hand")


@pytest.mark.parametrize(
    ("champion", "why"),
    [
        (CHAMPION._replace(digest="others"), "it was measured on other validation texts"),
        (Rated("1", "unknown", "unknown"), "it was measured on other validation texts"),
        (CHAMPION, "its answers cannot be read"),
    ],
)
def test_without_a_comparison_the_champion_stays(champion, why):
    moves, reason = judge(NEW, champion, None, 1.0)
    assert not moves
    assert why in reason


def test_the_levels_of_all_comparisons_sum_to_the_error_that_is_allowed():
    levels = [level_of(number, 0.95) for number in range(1, 10_001)]
    assert sum(levels) == pytest.approx(0.05, rel=1e-3)
    assert all(late < early for early, late in pairwise(levels))


def test_models_are_compared_text_by_text():
    other, ours = np.arange(1000) >= 100, np.arange(1000) >= 90
    assert compare_hits(ours, other, 0.025).p_value < 0.01 < compare_hits(ours, other[::-1], 0.025).p_value
    assert compare_hits(ours, other, 0.025).mean == pytest.approx(0.01)
    assert compare_hits(ours, ours, 0.025).p_value == pytest.approx(0.5)
    assert compare_hits(other, ours, 0.025).p_value > 0.99


@pytest.mark.parametrize("level", [0.2, 0.025, 0.0005])
def test_the_interval_excludes_zero_where_the_test_rejects(level):
    rng = np.random.default_rng(3)
    for _ in range(100):
        ours, other = rng.random((2, 300)) < 0.7
        compared = compare_hits(ours, other, level)
        assert (compared.low > 0) is (compared.p_value < level)


def title_moves(rng: np.random.Generator, versions: int, texts: int, better: float = 0.0) -> bool:
    """Whether the title ever moves from the first of equal versions, or the last is better, on one validation split."""
    difficulty = rng.normal(0.8, 1.0, texts)
    margins = [difficulty + rng.normal(0, 0.5, texts) for _ in range(versions)]
    margins[-1] += better
    first, *others = (margin > 0 for margin in margins)
    compared = [compare_hits(hits, first, 0.025).p_value for hits in others]
    return any(p < level_of(number, 0.95) for number, p in enumerate(compared, 1))


def test_among_twenty_equal_successors_the_title_rarely_moves():
    """With each tested at 2.5 %, it moves in XX % of such runs (measured)."""
    rng = np.random.default_rng(4)
    assert np.mean([title_moves(rng, 21, 500) for _ in range(400)]) <= 0.05


def test_a_clearly_better_version_wins_even_as_the_twentieth():
    rng = np.random.default_rng(5)
    assert np.mean([title_moves(rng, 21, 2500, better=0.3) for _ in range(50)]) > 0.95
