import numpy as np
import pytest

from embedding_bench.artifacts.layout import Layout
from embedding_bench.reporting.texts import Disputed, Wrong, confidently_wrong, most_disputed, texts_by_number


def test_the_most_confident_wrong_predictions_come_first():
    labels = np.asarray([0, 0, 1, 1], np.int32)
    probabilities = np.asarray([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.3, 0.7]], np.float32)
    assert confidently_wrong(labels, probabilities, 5) == [Wrong(2, 0, 0.8), Wrong(1, 1, 0.6)]
    assert confidently_wrong(labels, probabilities, 1) == [Wrong(2, 0, 0.8)]


def test_texts_that_split_the_rows_evenly_come_first():
    answers = [np.asarray(row) for row in ([0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 1, 2])]
    assert most_disputed(answers, 3, 5) == [Disputed(2, {0: 1, 1: 1, 2: 2}), Disputed(1, {0: 2, 1: 2})]


def test_texts_that_all_agree_on_are_not_disputed():
    assert most_disputed([np.zeros(4, int)] * 3, 2, 5) == []


@pytest.mark.parametrize("numbers", [[], [0], [2, 0, 2], [4]])
def test_texts_are_read_by_number(write_corpus, tmp_path, numbers):
    rows = [(f"text {number}", number % 2) for number in range(5)]
    folder = write_corpus(train=rows, validation=rows, test=rows)
    layout = Layout(tmp_path)
    layout.data.mkdir()
    folder.rename(layout.corpus)
    assert texts_by_number(layout, numbers) == {number: f"text {number}" for number in numbers}
