import numpy as np

from embedding_bench.evaluation.ranking import rank_rows, to_confirm
from embedding_bench.evaluation.selection import Candidate


def scored(right: int, log_loss: float) -> Candidate:
    return Candidate((np.arange(400) < right).astype(float)[np.newaxis], log_loss)


VARIANTS = {"right": scored(361, 0.4), "sure": scored(360, 0.3), "weak": scored(320, 0.1)}


def ranks(rows: dict[str, Candidate]) -> dict[str, int]:
    return {name: ranked.rank for name, ranked in rank_rows(rows, list(VARIANTS)).items()}


def test_variants_are_ranked_by_the_rule_of_selection():
    assert ranks(VARIANTS) == {"sure": 1, "right": 2, "weak": 3}


def test_a_baseline_has_no_influence_on_the_order_of_variants():
    """Among all rows `right` would come before `sure`: only it is within the error of the baseline."""
    bag = scored(363, 0.5)
    assert ranks({**VARIANTS, "bag": bag}) == {"bag": 1, "sure": 2, "right": 3, "weak": 4}
    for right in range(300, 400):
        found = ranks({**VARIANTS, "bag": scored(right, 0.35)})
        assert sorted(VARIANTS, key=found.__getitem__) == ["sure", "right", "weak"]


def test_the_two_best_variants_are_confirmed():
    rows = rank_rows({**VARIANTS, "bag": scored(399, 0.1)}, list(VARIANTS))
    assert to_confirm(rows, list(VARIANTS)) == ["sure", "right"]
    assert to_confirm(rank_rows({"weak": VARIANTS["weak"]}, ["weak"]), ["weak"]) == ["weak"]


def test_the_values_that_decide_are_kept():
    assert rank_rows(VARIANTS, list(VARIANTS))["sure"] == (1, 0.9, 0.3)
