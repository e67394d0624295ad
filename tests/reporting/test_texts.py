import numpy as np

from embedding_bench.reporting.texts import Disputed, Wrong, most_disputed, surely_wrong


def test_the_surest_wrong_answers_come_first():
    labels = np.asarray([0, 0, 1, 1], np.int32)
    probabilities = np.asarray([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.3, 0.7]], np.float32)
    assert surely_wrong(labels, probabilities, 5) == [Wrong(2, 0, 0.8), Wrong(1, 1, 0.6)]
    assert surely_wrong(labels, probabilities, 1) == [Wrong(2, 0, 0.8)]


def test_texts_that_split_the_rows_evenly_come_first():
    answers = [np.asarray(row) for row in ([0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 1, 2])]
    assert most_disputed(answers, 3, 5) == [Disputed(2, {0: 1, 1: 1, 2: 2}), Disputed(1, {0: 2, 1: 2})]


def test_texts_that_all_agree_on_are_not_disputed():
    assert most_disputed([np.zeros(4, int)] * 3, 2, 5) == []
