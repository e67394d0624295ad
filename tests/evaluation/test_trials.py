from itertools import combinations

import numpy as np
import pytest

from embedding_bench.artifacts.search import Trial, Trials
from embedding_bench.evaluation.trials import expected_best, summarise_search

SCORES = [0.71, 0.9, 0.84, 0.6, 0.88, 0.9]


@pytest.mark.parametrize("draws", range(1, 7))
def test_the_expected_best_is_the_mean_over_all_choices(draws):
    bests = [max(chosen) for chosen in combinations(SCORES, draws)]
    point = expected_best(SCORES)[draws - 1]
    assert point.trials == draws
    assert point.mean == pytest.approx(np.mean(bests), abs=1e-6)
    low, high = np.quantile(bests, [0.1, 0.9], method="inverted_cdf")
    assert (point.low, point.high) == pytest.approx((low, high))


def test_a_summary_names_what_differs_from_params():
    trials = [
        Trial(settings={"encoder.rate": 0.1, "encoder.size": 3}, scores=[(0.8, 0.5), (0.85, 0.4)]),
        Trial(settings={"encoder.rate": 0.2, "encoder.size": 3}, scores=[(0.9, 0.3), (0.95, 0.2)]),
        Trial(settings={"encoder.rate": 0.3, "encoder.size": 5}, scores=[(0.7, 0.6)]),
    ]
    found = summarise_search(Trials(texts=[100, 300], trials=trials, best=1, edges=["encoder.rate"]))
    assert found.settings == {"encoder.rate": 0.2}
    assert found.validation == 0.95
    assert found.trials == 2
    assert [point.mean for point in found.expected_best] == [0.8, 0.9], "the setting of params.yaml was not drawn"


def test_without_trials_there_is_nothing_to_tell():
    assert summarise_search(Trials()) is None
