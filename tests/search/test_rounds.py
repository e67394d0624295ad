import numpy as np
import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.parts import FOLDS
from embedding_bench.execution.kept import Kept
from embedding_bench.execution.tasks import Task
from embedding_bench.search import rounds
from embedding_bench.search.rounds import count_rounds, score, search

LABELS = {"train": np.arange(9000, dtype=np.int32) % 2, "validation": np.arange(1200, dtype=np.int32) % 2}
FEW = {"train": LABELS["train"][:600], "validation": LABELS["validation"][:90]}
CALLS: list[tuple[float, int]] = []  # of `predict`: quality and texts


def predict(quality, parts, labels):
    """Predict right as often as the quality says, and a little oftener with more texts."""
    if quality < 0:
        raise UserError("the loss is no longer finite")
    CALLS.append((quality, parts[0].texts))
    pooled = np.concatenate([labels["train"], labels["validation"]])
    truth = np.concatenate([pooled[part.numbers(labels)["validation"]] for part in parts])
    right = np.random.default_rng(int(1000 * quality)).random(len(truth)) < quality + parts[0].texts / 1e6
    confident = np.where(right, 0.5 + quality / 2, 0.5 - quality / 2)
    return np.stack([np.where(truth == label, confident, 1 - confident) for label in (0, 1)], axis=1).astype(np.float32)


def run(tmp_path, qualities, labels=LABELS):
    CALLS.clear()
    settings = [{"quality": quality} for quality in qualities]

    def task(values, parts):
        return Task("row", predict, (values["quality"], parts, labels))

    return search("search@row", settings, labels, 1, "accuracy", task, Kept(tmp_path))


def test_a_third_goes_on_to_three_times_the_texts(tmp_path):
    found = run(tmp_path, [0.6, 0.7, 0.95, 0.65, 0.9, 0.55, 0.5, 0.8, 0.58])
    assert found.texts == [3000, 9000]
    assert found.folds == 1
    assert [len(trial.scores) for trial in found.trials] == [1, 1, 2, 1, 2, 1, 1, 2, 1]
    assert found.best == 2
    assert [texts for _, texts in CALLS] == [3000] * 9 + [9000] * 3


def test_few_settings_train_on_all_texts_at_once(tmp_path):
    assert run(tmp_path, [0.6, 0.9]).texts == [9000]


def test_small_validation_takes_turns_with_train(tmp_path):
    found = run(tmp_path, [0.6, 0.9, 0.7], FEW)
    assert found.folds == FOLDS
    assert len(CALLS) == 3
    assert found.best == 1
    texts = sum(len(labels) for labels in FEW.values())
    assert {texts for _, texts in CALLS} == {texts - texts // FOLDS}
    hits = found.trials[1].scores[0][0] * texts
    assert hits == pytest.approx(round(hits), abs=1e-3), "every labelled text is predicted once"


def test_a_stopped_search_goes_on_and_a_longer_one_tries_only_what_is_new(tmp_path):
    run(tmp_path, [0.6, 0.9])
    assert len(CALLS) == 2
    again = run(tmp_path, [0.6, 0.9, 0.7])
    assert CALLS == [(0.7, 9000)]
    assert again == run(tmp_path, [0.6, 0.9, 0.7])
    assert CALLS == []


def test_a_setting_that_cannot_be_trained_is_passed_over(tmp_path):
    found = run(tmp_path, [0.6, -1, 0.9])
    assert [len(trial.scores) for trial in found.trials] == [1, 0, 1]
    assert found.best == 2
    with pytest.raises(UserError, match="search@row: none of the settings can be trained"):
        run(tmp_path, [-1, -2])


def test_macro_f1_counts_a_class_that_a_fold_lacks():
    labels = [np.array([0, 0, 1, 1], np.int32), np.array([0, 1, 2, 2], np.int32)]
    predicted = np.eye(3, dtype=np.float32)[[0, 0, 1, 1, 0, 1, 0, 0]] * 0.9 + 0.03
    whole = score(labels, predicted, "macro_f1").criterion
    assert whole == pytest.approx((2 * 3 / 8 + 1 + 0) / 3, abs=1e-6)


def test_results_of_another_search_are_removed(tmp_path):
    run(tmp_path, [0.6, 0.9])
    run(tmp_path, [0.6])
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("part", ["_code", "_versions"])
def test_another_code_does_not_find_the_results(part, tmp_path, monkeypatch):
    run(tmp_path, [0.6])
    monkeypatch.setattr(f"embedding_bench.execution.kept.{part}", lambda: "another")
    run(tmp_path, [0.6])
    assert len(CALLS) == 1


@pytest.mark.parametrize(
    ("settings", "texts", "expected"),
    [(1, 10**6, 1), (8, 10**6, 1), (9, 10**6, 2), (26, 10**6, 2), (27, 10**6, 3), (100, 3500, 2), (100, 999, 1)],
)
def test_the_last_round_compares_three_and_the_first_has_a_thousand_texts(settings, texts, expected):
    assert count_rounds(settings, texts) == expected


def test_each_round_costs_about_the_same():
    assert rounds.trainings(27, 10**6) == pytest.approx(9)
    assert rounds.trainings(1, 10) == 1
