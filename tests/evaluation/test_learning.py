import numpy as np
import pytest

from embedding_bench.artifacts.leaderboard import LearningPoint
from embedding_bench.evaluation.learning import (
    compare_curves,
    crossing,
    leader_at,
    learning_curve,
    phases,
    summarize,
)


def point(labels: int, low: float, high: float) -> LearningPoint:
    return LearningPoint(labels=labels, mean=(low + high) / 2, low=low, high=high)


AHEAD, EVEN, TRAILING = (0.02, 0.06), (-0.02, 0.02), (-0.06, -0.02)


def points(*intervals: tuple[float, float]) -> list[LearningPoint]:
    return [point(10 ** (2 + number), *interval) for number, interval in enumerate(intervals)]


@pytest.mark.parametrize(
    ("intervals", "sentence"),
    [
        ([AHEAD, AHEAD], "A leads B from 100 to 1,000 labels."),
        ([TRAILING, TRAILING], "B leads A from 100 to 1,000 labels."),
        ([EVEN, EVEN], "A and B: from 100 to 1,000 labels, the difference is within the interval."),
        ([AHEAD], "A leads B with 100 labels."),
        (
            [AHEAD, EVEN],
            "A leads B up to about 320 labels; from about 320 on the difference is within the interval.",
        ),
        (
            [EVEN, AHEAD],
            "A and B: the difference is within the interval up to about 320 labels; from about 320 on A leads B.",
        ),
        (
            [AHEAD, EVEN, TRAILING],
            "A leads B up to about 320 labels; from about 320 on the difference is within the interval; "
            "from about 3,200 on B leads A.",
        ),
    ],
)
def test_curves_are_compared_in_a_sentence(intervals, sentence):
    assert summarize("A", "B", points(*intervals)) == sentence


def test_a_crossing_lies_where_the_limit_is_zero_on_the_logarithm():
    assert crossing(point(100, 0.03, 0.05), point(10_000, -0.01, 0.02), 1) == 3200  # three quarters of the way
    assert crossing(point(100, -0.05, -0.01), point(10_000, -0.02, 0.03), -1) == 320  # the upper limit decides here


def test_a_lead_that_is_lost_and_won_between_two_points_leaves_room_between():
    """A's lead ends where its lower limit is 0; B's begins where the upper one is."""
    lost = [point(100, 0.03, 0.07), point(1000, -0.07, -0.03)]
    assert summarize("A", "B", lost) == (
        "A leads B up to about 200 labels; from about 200 on the difference is within the interval; "
        "from about 500 on B leads A."
    )


def test_phases_begin_where_the_leader_changes():
    assert [phase.leader for phase in phases(points(AHEAD, AHEAD, EVEN, EVEN, TRAILING))] == [1, 0, -1]


def test_curves_are_compared_text_by_text():
    """Two rows that err on the same texts differ for sure by what little they differ."""
    rng = np.random.default_rng(1)
    theirs = (rng.random((3, 4000)) < 0.7).astype(float)
    ours = np.where(rng.random((3, 4000)) < 0.03, 1.0, theirs)
    (difference,) = compare_curves({100: ours, 200: ours}, {100: theirs}, 0.95)
    assert difference.labels == 100
    assert difference.low > 0
    assert difference.mean == pytest.approx((ours - theirs).mean(), abs=1e-6)


def test_intervals_are_simultaneous_for_all_numbers_of_labels():
    rng = np.random.default_rng(2)
    positives = 0
    for _ in range(200):
        curves = [{n: (rng.random((5, 300)) < 0.7).astype(float) for n in (10, 20, 30, 40)} for _ in range(2)]
        positives += any(map(leader_at, compare_curves(*curves, 0.95)))
    assert positives / 200 <= 0.08


def test_a_baseline_of_one_fit_is_compared_with_every_replicate():
    ours = np.stack([np.ones(50), np.zeros(50)])
    (difference,) = compare_curves({10: ours}, {10: np.ones((1, 50))}, 0.95)
    assert difference.mean == pytest.approx(-0.5)


def test_accuracy_is_estimated_for_every_number_of_labels():
    curve = {10: np.ones((2, 40)), 20: np.tile([1.0, 0.0], (2, 20))}
    assert [(point.labels, point.mean) for point in learning_curve(curve, 0.95)] == [(10, 1), (20, 0.5)]
    assert all(0 <= point.low <= point.mean <= point.high <= 1 for point in learning_curve(curve, 0.95))
