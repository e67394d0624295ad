import numpy as np
import pytest

from embedding_bench.evaluation.label_budgets import affordable, draw, nested_order

LABELS = np.repeat(np.arange(3), [70, 25, 5]).astype(np.int32)


@pytest.mark.parametrize("seed", range(5))
def test_each_budget_holds_the_smaller_ones_in_the_shares_of_all(seed):
    order = nested_order(LABELS, seed)
    assert sorted(order) == list(range(100))
    for size in range(3, 101):
        counts = np.bincount(LABELS[order[:size]], minlength=3)
        assert (counts >= 1).all()
        assert (np.abs(counts - size * np.array([0.70, 0.25, 0.05])) < 2).all()


def test_the_seed_decides_which_texts():
    drawn = [set(nested_order(LABELS, seed)[:20].tolist()) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_the_same_seed_draws_the_same_texts():
    labels = {"train": np.repeat(LABELS, 10), "validation": LABELS, "test": LABELS}
    first, again, other = (draw(labels, 200, seed) for seed in (1, 1, 2))
    for split in ("train", "validation"):
        np.testing.assert_array_equal(first[split], again[split])
        assert not np.array_equal(first[split], other[split])


def test_validation_is_cut_in_the_same_proportion():
    labels = {"train": np.repeat(LABELS, 10), "validation": LABELS, "test": LABELS}
    drawn = draw(labels, 200, seed=1)
    assert {split: len(texts) for split, texts in drawn.items()} == {"train": 200, "validation": 20}
    assert all((np.diff(texts) > 0).all() for texts in drawn.values())
    assert len(draw(labels, 3, seed=1)["validation"]) == 3  # a text of each class


def test_a_budget_buys_a_text_of_each_class_and_not_all():
    assert affordable([300, 99, 2, 3, 99, 100], LABELS) == [3, 99]
