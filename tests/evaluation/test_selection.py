import pytest

from embedding_bench.evaluation.selection import ValidationScore, best_of, rank, standard_error, surpasses


@pytest.mark.parametrize(
    ("accuracy", "loss", "better"),
    [
        (0.84, 0.9, True),  # clearly more accurate, though its log loss is higher
        (0.82, 0.9, False),  # 0.03 is the standard error at 0.8 of 200 texts: more accurate by luck
        (0.82, 0.4, True),
        (0.78, 0.4, True),  # as accurate, and of lower log loss
        (0.76, 0.4, False),
        (0.80, 0.5, False),
    ],
)
def test_within_the_error_of_accuracy_the_lower_log_loss_is_better(accuracy, loss, better):
    new, best = ValidationScore(accuracy, loss), ValidationScore(0.8, 0.5)
    assert surpasses(new, best, max(accuracy, 0.8), 200) is better
    assert best_of([best, new], 200) == better


def test_no_epoch_falls_further_behind_the_highest_accuracy_than_its_error():
    best, highest = ValidationScore(0.9, 1.0), 0.9
    for step in range(1, 30):  # each within the error of the one before it, and of lower log loss
        new = ValidationScore(0.9 - 0.005 * step, 1 - 0.01 * step)
        best = new if surpasses(new, best, highest, 500) else best
    assert best.accuracy == pytest.approx(0.89)


def test_twenty_right_answers_of_twenty_leave_room_for_a_lower_log_loss():
    assert best_of([ValidationScore(1.0, 0.3), ValidationScore(0.95, 0.2)], 20) == 1


def test_the_error_shrinks_with_the_root_of_the_texts():
    assert standard_error(0.8, 10_000) == pytest.approx(0.004, rel=1e-3)
    assert standard_error(0.8, 100) == pytest.approx(0.04, rel=0.05)


def test_the_best_comes_first_and_then_the_best_of_the_others():
    figures = [(0.5, 0.7), (0.92, 0.4), (0.91, 0.3), (0.80, 0.1), (0.5, 0.7)]
    reached = [ValidationScore(*found) for found in figures]
    assert rank(reached, 400) == [2, 1, 3, 0, 4]
    assert rank(reached, 10**8) == [1, 2, 3, 0, 4]  # of many texts accuracy itself tells
    assert rank([], 400) == []
