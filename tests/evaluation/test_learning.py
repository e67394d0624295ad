import numpy as np
import pytest

from embedding_bench.artifacts.leaderboard import LearningPoint
from embedding_bench.evaluation.learning import compare_curves, leader_at, learning_curve, phases, summarize
from embedding_bench.evaluation.statistics import sample


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
        ([EVEN, EVEN], "A and B: the difference is within the interval from 100 to 1,000 labels."),
        ([AHEAD], "A leads B with 100 labels."),
        ([AHEAD, EVEN], "A leads B up to 100 labels; between 100 and 1,000 that lead is lost within the interval."),
        (
            [EVEN, AHEAD],
            "A and B: the difference is within the interval up to 100 labels; between 100 and 1,000 A takes the lead.",
        ),
        ([AHEAD, TRAILING], "A leads B up to 100 labels; between 100 and 1,000 B takes the lead."),
        (
            [AHEAD, AHEAD, EVEN, TRAILING],
            "A leads B up to 1,000 labels; between 1,000 and 10,000 that lead is lost within the interval; "
            "between 10,000 and 100,000 B takes the lead.",
        ),
    ],
)
def test_curves_are_compared_in_a_sentence_that_names_the_budgets_around_each_change(intervals, sentence):
    assert summarize("A", "B", points(*intervals)) == sentence


def test_phases_begin_where_the_leader_changes():
    found = phases(points(AHEAD, AHEAD, EVEN, EVEN, TRAILING))
    assert found == [(1, 100, 1000), (0, 10_000, 100_000), (-1, 10**6, 10**6)]


def test_curves_are_compared_text_by_text():
    """Two rows that err on the same texts differ for sure by what little they differ."""
    rng = np.random.default_rng(1)
    theirs = (rng.random((3, 4000)) < 0.7).astype(float)
    ours = np.where(rng.random((3, 4000)) < 0.03, 1.0, theirs)
    (difference,) = compare_curves({100: sample(ours), 200: sample(ours)}, {100: sample(theirs)}, 0.95)
    assert difference.labels == 100
    assert difference.low > 0
    assert difference.mean == pytest.approx((ours - theirs).mean(), abs=1e-6)


def test_intervals_are_simultaneous_for_all_numbers_of_labels():
    """Eight equal pairs: uncorrected, 37 % of the experiments have a leader somewhere (measured)."""
    rng = np.random.default_rng(2)
    positives = 0
    for _ in range(400):
        curves = [{n: sample((rng.random((1, 300)) < 0.7).astype(float)) for n in range(8)} for _ in range(2)]
        positives += any(map(leader_at, compare_curves(*curves, 0.95)))
    assert positives / 400 <= 0.08


def test_a_baseline_of_one_fit_is_compared_with_every_replicate():
    ours = np.stack([np.ones(50), np.zeros(50)])
    (difference,) = compare_curves({10: sample(ours)}, {10: sample(np.ones((1, 50)))}, 0.95)
    assert difference.mean == pytest.approx(-0.5)


def test_accuracy_is_estimated_for_every_number_of_labels():
    curve = {10: sample(np.ones((2, 40))), 20: sample(np.tile([1.0, 0.0], (2, 20)))}
    assert [(point.labels, point.mean) for point in learning_curve(curve, 0.95)] == [(10, 1), (20, 0.5)]
    assert all(0 <= point.low <= point.mean <= point.high <= 1 for point in learning_curve(curve, 0.95))
