import pytest

from stages.core.selection import Reached, rank, standard_error, surpasses


@pytest.mark.parametrize(
    ("accuracy", "loss", "better"),
    [
        (0.84, 0.9, True),  # clearly more accurate, though less sure
        (0.82, 0.9, False),  # 0.03 is the standard error at 0.8 of 200 texts: more accurate by luck, and less sure
        (0.82, 0.4, True),
        (0.78, 0.4, True),  # as accurate, and surer
        (0.76, 0.4, False),
        (0.80, 0.5, False),
    ],
)
def test_within_the_error_of_accuracy_the_surer_one_is_better(accuracy, loss, better):
    assert surpasses(Reached(accuracy, loss), Reached(0.8, 0.5), 200) is better


def test_twenty_right_answers_of_twenty_leave_room_for_a_surer_one():
    assert surpasses(Reached(0.95, 0.2), Reached(1.0, 0.3), 20)
    assert rank([Reached(1.0, 0.3), Reached(0.95, 0.2)], 20) == [1, 0]


def test_the_error_shrinks_with_the_root_of_the_texts():
    assert standard_error(0.8, 10_000) == pytest.approx(0.004, rel=1e-3)
    assert standard_error(0.8, 100) == pytest.approx(0.04, rel=0.05)


def test_the_surest_of_the_most_accurate_comes_first_and_then_so_on():
    figures = [(0.5, 0.7), (0.92, 0.4), (0.91, 0.3), (0.80, 0.1), (0.5, 0.7)]
    reached = [Reached(*found) for found in figures]
    assert rank(reached, 400) == [2, 1, 3, 0, 4]
    assert rank(reached, 10**8) == [1, 2, 3, 0, 4]  # of many texts accuracy itself tells
    assert rank([], 400) == []
