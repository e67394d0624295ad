import numpy as np
import pytest

from embedding_bench.tracking.champion import Comparison, Rated, judge
from embedding_bench.tracking.collect import compare_hits

NEW, CHAMPION = Rated("3", "0.9100", "texts"), Rated("1", "0.8700", "texts")
BETTER = Comparison(0.04, 0.01, 0.07, 0.004)


def test_the_first_version_is_champion():
    assert judge(NEW, None, None, 0.95) == (True, "now the champion, as the first version")


def test_a_better_version_becomes_champion():
    moves, reason = judge(NEW, CHAMPION, BETTER, 0.95)
    assert moves
    assert reason == (
        "now the champion instead of version 1 (test accuracy 0.8700): difference +0.0400 "
        "(95% interval +0.0100 to +0.0700, p = 0.0040); `embedding-bench champion 1` moves it back"
    )


@pytest.mark.parametrize(
    ("comparison", "confidence"),
    [
        (Comparison(0.01, -0.01, 0.03, 0.3), 0.95),
        (BETTER, 0.999),
        (Comparison(-0.04, -0.07, -0.01, 0.004), 0.95),
        (Comparison(0.0, 0.0, 0.0, 1.0), 0.95),
    ],
    ids=["maybe better", "at another confidence", "worse", "equal"],
)
def test_a_version_that_is_not_surely_better_does_not(comparison, confidence):
    moves, reason = judge(NEW, CHAMPION, comparison, confidence)
    assert not moves
    assert reason.startswith("the champion remains version 1 (test accuracy 0.8700): difference ")
    assert reason.endswith(", not significantly better; `embedding-bench champion 3` moves it by hand")


@pytest.mark.parametrize(
    ("champion", "why"),
    [
        (CHAMPION._replace(test_digest="others"), "it was measured on other test texts"),
        (Rated("1", "unknown", "unknown"), "it was measured on other test texts"),
        (CHAMPION, "its answers cannot be read"),
    ],
)
def test_without_a_comparison_the_champion_stays(champion, why):
    moves, reason = judge(NEW, champion, None, 0.95)
    assert not moves
    assert why in reason


def test_models_are_compared_text_by_text():
    other = np.arange(1000) >= 100
    ours = np.arange(1000) >= 90
    assert compare_hits(ours, 0.95, other).p_value < 0.01 < compare_hits(ours, 0.95, other[::-1]).p_value
    assert compare_hits(ours, 0.95, other).mean == pytest.approx(0.01)
    assert compare_hits(ours, 0.95, ours).p_value == 1
