import numpy as np
import pytest

from embedding_bench.evaluation.selection import Candidate, best_of, candidate, merge, rank, surpasses

TEXTS = 400


def scored(right: int, log_loss: float, first: int = 0) -> Candidate:
    """A candidate that is right on `right` of 400 texts, from the number `first` on."""
    values = np.zeros((1, TEXTS))
    values[0, first : first + right] = 1
    return Candidate(values, log_loss)


@pytest.mark.parametrize(
    ("right", "first", "loss", "better"),
    [
        (340, 0, 0.9, True),  # 20 more of the same texts: an error of 4.4, clearly more accurate
        (323, 0, 0.9, True),  # 3 more: an error of 1.7
        (321, 0, 0.9, False),  # 1 more may be luck: higher log loss
        (321, 0, 0.4, True),
        (319, 0, 0.4, True),  # 1 fewer, and of lower log loss
        (310, 0, 0.4, False),  # 10 fewer of the same texts: an error of 3.1
        (310, 60, 0.4, True),  # 10 fewer, wrong on 60 others and right on 50: an error of 10.5
        (320, 0, 0.5, False),
    ],
)
def test_within_the_error_of_the_difference_the_lower_log_loss_is_better(right, first, loss, better):
    new, best = scored(right, loss, first), scored(320, 0.5)
    lead = max(new, best, key=lambda each: each.criterion)
    assert surpasses(new, best, lead) is better
    assert best_of([best, new]) == better


def test_no_epoch_falls_further_behind_the_highest_accuracy_than_its_error():
    lead = best = scored(360, 1.0)
    for step in range(1, 30):  # each within the error of the one before it, and of lower log loss
        new = scored(360 - step, 1 - 0.01 * step)
        best = new if surpasses(new, best, lead) else best
    assert 355 <= TEXTS * best.criterion < 360


def test_the_error_includes_that_of_seeds():
    """Both differ by 20 of 400 texts: once in each of four replicates alike, once in one of them alone."""
    lead = Candidate(np.ones((4, TEXTS)), 0.5)
    alike, by_luck = np.ones((4, TEXTS)), np.ones((4, TEXTS))
    alike[:, :20] = 0
    by_luck[0, :80] = 0
    assert best_of([lead, Candidate(alike, 0.1)]) == 0
    assert best_of([lead, Candidate(by_luck, 0.1)]) == 1


def test_more_replicates_make_the_error_of_seeds_smaller():
    """Behind by 4, 12, 4 and 12 of the same texts: with the error of a single replicate they would be equal."""
    lead = Candidate(np.ones((4, TEXTS)), 0.5)
    behind = np.ones((4, TEXTS))
    for replicate, wrong in enumerate((4, 12, 4, 12)):
        behind[replicate, :wrong] = 0
    assert best_of([lead, Candidate(behind, 0.1)]) == 0


def test_twenty_right_answers_of_twenty_leave_room_for_a_lower_log_loss():
    nineteen = np.ones((1, 20))
    nineteen[0, 0] = 0
    assert best_of([Candidate(np.ones((1, 20)), 0.3), Candidate(nineteen, 0.2)]) == 1


def test_the_best_comes_first_and_then_the_best_of_the_others():
    figures = [(200, 0.7), (361, 0.4), (360, 0.3), (320, 0.1), (200, 0.7)]
    assert rank([scored(*figure) for figure in figures]) == [2, 1, 3, 0, 4]
    assert rank([]) == []


def test_merging_keeps_both_orders():
    """`c` is equal to both others by accuracy and comes between them by log loss."""
    candidates = [scored(360, 0.3), scored(361, 0.5), scored(360, 0.4)]
    assert merge(candidates, [0, 1], [2]) == [0, 2, 1]
    assert merge(candidates, [1, 0], [2]) == [2, 1, 0]
    assert merge(candidates, [], [2]) == [2]


def test_overconfidence_is_forgiven():
    """The more accurate candidate is sure of all its answers; after temperature scaling its log loss is lower, too."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 2000).astype(np.int32)
    signal = np.where(labels == 1, 1, -1) + rng.normal(0, 0.9, 2000)
    noisier = signal + rng.normal(0, 0.35, 2000)

    def predictions(margin: np.ndarray, sharpness: float) -> np.ndarray:
        positive = 1 / (1 + np.exp(-sharpness * margin))
        return np.stack([1 - positive, positive], axis=1)[np.newaxis]

    better, worse = predictions(signal, 20), predictions(noisier, 2)
    scored = [candidate(labels, each, "accuracy") for each in (worse, better)]
    assert scored[1].log_loss < scored[0].log_loss
    assert best_of(scored) == 1


@pytest.mark.parametrize(("select_by", "chosen"), [("accuracy", 0), ("macro_f1", 1)])
def test_macro_f1_can_select(select_by, chosen):
    """Of 1,000 texts 100 are of the small class: one row always answers the large one, the other finds most of both."""
    labels = (np.arange(1000) < 100).astype(np.int32)
    always, both = np.zeros(1000, int), (np.arange(1000) < 220).astype(int)
    rows = [np.eye(2)[predicted][np.newaxis] * 0.8 + 0.1 for predicted in (always, both)]
    assert best_of([candidate(labels, row, select_by) for row in rows]) == chosen
