import numpy as np

from embedding_bench.evaluation.parts import ENOUGH, FOLDS, Part, divide, fold_numbers, pool


def labels(train, validation):
    rng = np.random.default_rng(0)
    return {"train": rng.integers(0, 3, train, np.int32), "validation": rng.integers(0, 3, validation, np.int32)}


def test_large_validation_stays_as_it_is():
    given = labels(3000, ENOUGH)
    (part,) = divide(given, 1)
    numbers = part.numbers(given)
    assert numbers["train"].tolist() == list(range(3000))
    assert numbers["validation"].tolist() == list(range(3000, 3000 + ENOUGH))


def test_folds_validate_on_every_text_once_and_train_on_the_rest():
    given = labels(400, 100)
    parts = [part.numbers(given) for part in divide(given, 1)]
    assert len(parts) == FOLDS
    assert sorted(np.concatenate([numbers["validation"] for numbers in parts])) == list(range(500))
    for numbers in parts:
        assert sorted(np.concatenate([numbers["train"], numbers["validation"]])) == list(range(500))


def test_folds_have_the_shares_of_the_classes():
    given = pool(labels(400, 100))
    folds = fold_numbers(given, 1)
    for fold in range(FOLDS):
        inside = np.bincount(given[folds == fold], minlength=3)
        assert np.abs(inside - np.bincount(given) / FOLDS).max() < 1


def test_another_seed_gives_other_folds():
    given = pool(labels(400, 100))
    assert (fold_numbers(given, 1) == fold_numbers(given, 1)).all()
    assert (fold_numbers(given, 1) != fold_numbers(given, 2)).any()


def test_a_class_of_one_text_is_always_trained_on():
    given = {"train": np.array([0] * 30 + [1] * 2 + [2], np.int32), "validation": np.array([0] * 5, np.int32)}
    for part in divide(given, 3):
        assert set(pool(given)[part.numbers(given)["train"]]) == {0, 1, 2}


def test_fewer_texts_are_a_stratified_draw_of_those_that_a_fold_leaves():
    given = labels(400, 100)
    whole, part = Part(2, 400, 1).numbers(given), Part(2, 90, 1).numbers(given)
    assert len(part["train"]) == 90
    assert set(part["train"]) < set(whole["train"])
    assert part["validation"].tolist() == whole["validation"].tolist()
    assert np.bincount(pool(given)[part["train"]]).min() >= 25
