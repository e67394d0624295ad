from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from embedding_bench.artifacts import scores
from embedding_bench.baselines.fitted import Fitted
from embedding_bench.baselines.logistic import count_terms, fit_logistic, is_at_edge, term_weighting
from embedding_bench.baselines.majority import fit_majority
from embedding_bench.baselines.naive_bayes import NaiveBayesLogistic
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.label_budgets import draw
from embedding_bench.settings.baselines import Logistic, Majority
from embedding_bench.settings.training import Training
from stages.baseline import write_baseline

NEUTRAL = [f"n{n}" for n in range(30)]
Make = Callable[[int, np.random.Generator], str]


def logistic(**changed: object) -> Logistic:
    values = {"weighting": "tfidf", "ngrams": 1, "min_count": 1, "strengths": [1.0, 20.0]}
    return Logistic(kind="logistic", **(values | changed))


def splits(make: Make) -> tuple[dict[str, list[str]], dict[str, np.ndarray]]:
    """Make sixty texts of two classes for each split, the same in whatever order tests run."""
    rng = np.random.default_rng(6)
    labels = {name: rng.integers(0, 2, 60).astype(np.int32) for name in ("train", "validation", "test")}
    return {name: [make(label, rng) for label in found] for name, found in labels.items()}, labels


def fit(settings: Logistic, texts: dict[str, list[str]], labels: dict[str, np.ndarray]) -> Fitted:
    return fit_logistic(settings, count_terms(settings, texts)[0], labels)


def separable(label: int, rng: np.random.Generator) -> str:
    return f"{' '.join(rng.choice(NEUTRAL, 2))} {('rain rain', 'sun sun')[label]}"


def ordered(label: int, rng: np.random.Generator) -> str:
    """Both classes use the same words; only their order differs."""
    return f"{rng.choice(NEUTRAL)} {('up down', 'down up')[label]} {rng.choice(NEUTRAL)}"


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float((probabilities.argmax(axis=1) == labels).mean())


def test_majority_answers_with_the_shares_of_train():
    fitted = fit_majority(np.asarray([0, 1, 1, 2], np.int32), {"validation": 2, "test": 3}, 4)
    assert {name: found.shape for name, found in fitted.predictions.items()} == {"validation": (2, 4), "test": (3, 4)}
    for found in fitted.predictions.values():
        np.testing.assert_array_equal(found, np.tile(np.float32([0.25, 0.5, 0.25, 0]), (len(found), 1)))
    assert (fitted.strength, fitted.parameters) == (None, 4)


@pytest.mark.parametrize("weighting", ["counts", "tfidf"])
def test_separable_texts_are_learned(weighting):
    texts, labels = splits(separable)
    fitted = fit(logistic(weighting=weighting), texts, labels)
    for name in ("validation", "test"):
        assert accuracy(fitted.predictions[name], labels[name]) == 1
        np.testing.assert_allclose(fitted.predictions[name].sum(axis=1), 1, atol=1e-6)
    assert fitted.parameters == len({word for text in texts["train"] for word in text.split()}) + 1


def test_bigrams_see_the_order_that_single_words_do_not():
    texts, labels = splits(ordered)
    single, pairs = (fit(logistic(ngrams=n), texts, labels) for n in (1, 2))
    assert accuracy(pairs.predictions["test"], labels["test"]) == 1
    assert accuracy(single.predictions["test"], labels["test"]) < 0.75


@pytest.mark.parametrize("wanted", [0.001, 100.0])
def test_validation_chooses_the_strength(wanted):
    """A weak model answers the majority of train, a strong one the words: validation says which is right."""
    texts = {"train": ["a a"] * 6 + ["b b"] * 3, "validation": ["b b"] * 4, "test": ["b b"] * 4}
    answer = 0 if wanted == 0.001 else 1
    labels = {"train": np.asarray([0] * 6 + [1] * 3), "validation": np.full(4, answer), "test": np.full(4, 1 - answer)}
    fitted = fit(logistic(weighting="counts", strengths=[100.0, 0.001]), texts, labels)
    assert fitted.strength == wanted
    assert accuracy(fitted.predictions["test"], labels["test"]) == 0


def test_of_equally_accurate_strengths_the_lowest_log_loss_is_chosen():
    assert fit(logistic(strengths=[1.0, 20.0, 5.0]), *splits(separable)).strength == 20.0


@pytest.mark.parametrize("text", ["", "never seen", "?!"])
def test_a_text_without_known_words_gets_an_answer(text):
    texts, labels = splits(separable)
    texts["test"][0] = text
    assert np.isfinite(fit(logistic(), texts, labels).predictions["test"]).all()


def test_one_letter_words_count():
    texts, labels = splits(lambda label, rng: f"{rng.choice(NEUTRAL)} {'ix'[label]}")
    assert accuracy(fit(logistic(), texts, labels).predictions["test"], labels["test"]) == 1


@pytest.mark.parametrize(
    ("settings", "train"), [(logistic(min_count=1000), None), (logistic(), ["", "?!"] * 30)], ids=["rare", "no words"]
)
def test_train_texts_without_a_frequent_word_are_refused(settings, train):
    texts, labels = splits(separable)
    texts["train"] = train or texts["train"]
    with pytest.raises(UserError, match=r"train"):
        fit(settings, texts, labels)


def rare(weighting: str, balanced: bool) -> np.ndarray:
    """Answer to a word of 45 in 90 texts of the frequent class, and of all 10 of the rare one."""
    texts = {split: ["rain"] * 45 + ["sun"] * 45 + ["sun"] * 10 for split in ("train", "validation", "test")}
    labels = {split: (np.arange(100) >= 90).astype(np.int32) for split in texts}
    settings = logistic(weighting=weighting, strengths=[10.0])
    fitted = fit_logistic(settings, count_terms(settings, texts)[0], labels, balanced)
    return fitted.predictions["test"][-1]


@pytest.mark.parametrize("weighting", ["counts", "tfidf", "naive-bayes"])
def test_balanced_weights_answer_for_the_rare_class(weighting):
    assert rare(weighting, balanced=False)[1] < 0.3
    assert rare(weighting, balanced=True)[1] > 0.5


def test_the_stage_balances_classes(write_corpus, tmp_path, monkeypatch):
    """Through training.class_weights, as in params.yaml."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    rows = [("rain", 0)] * 45 + [("sun", 0)] * 45 + [("sun", 1)] * 10
    folder = write_corpus(train=rows, validation=rows, test=rows)
    for weights, answer in (("none", 0), ("balanced", 1)):
        training = Training(replicates=1, seed=1, class_weights=weights)
        write_baseline("x", logistic(), training, "accuracy", folder, tmp_path / "data" / weights)
        assert scores.read_predictions(tmp_path / "data" / weights, "test")[0, -1].argmax() == answer


@pytest.mark.parametrize(("select_by", "wanted"), [("accuracy", 0.001), ("macro_f1", 100.0)])
def test_the_stage_selects_by_what_is_set(write_corpus, tmp_path, monkeypatch, select_by, wanted):
    """A weak model always answers the frequent class; a strong one finds the rare one, at some cost."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    train = [("rain", 0)] * 30 + [("sun", 1)] * 12
    validation = [("rain", 0)] * 80 + [("sun", 0)] * 12 + [("sun", 1)] * 8
    folder = write_corpus(train=train, validation=validation, test=validation)
    settings = logistic(weighting="counts", strengths=[0.001, 100.0])
    write_baseline("x", settings, Training(replicates=1, seed=1), select_by, folder, tmp_path / "data")
    assert scores.read_scores(tmp_path / "data")["replicates"][0]["strength"] == wanted


def test_characters_see_parts_of_words():
    texts, labels = splits(lambda label, rng: f"{rng.choice(NEUTRAL)}{('ab', 'ba')[label]}{rng.choice(NEUTRAL)}")
    answers = {unit: fit(logistic(unit=unit, ngrams=2), texts, labels) for unit in ("words", "characters")}
    assert accuracy(answers["characters"].predictions["test"], labels["test"]) == 1
    assert accuracy(answers["words"].predictions["test"], labels["test"]) < 0.75


def test_capitals_do_not_count():
    texts, labels = splits(separable)
    texts["test"] = [text.upper() for text in texts["test"]]
    assert accuracy(fit(logistic(), texts, labels).predictions["test"], labels["test"]) == 1


def test_tfidf_is_that_of_scikit_learn_with_sublinear_counts():
    texts, _ = splits(separable)
    settings = logistic(ngrams=2)
    counts, _ = count_terms(settings, texts)
    reference = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\b\w+\b").fit(texts["train"])
    weighted = term_weighting(settings, counts["train"])(counts["test"])
    np.testing.assert_allclose(weighted.toarray(), reference.transform(texts["test"]).toarray(), rtol=1e-5)
    assert counts["test"].dtype == np.float32


def test_terms_are_those_of_train_alone():
    """The number of weights is that of the terms in train: neither validation nor test adds one."""
    texts, labels = splits(separable)
    expected = fit(logistic(), texts, labels)
    texts["validation"] = [f"{text} unseen" for text in texts["validation"]]
    texts["test"] = [f"{text} unheard" for text in texts["test"]]
    fitted = fit(logistic(), texts, labels)
    assert fitted.parameters == expected.parameters
    np.testing.assert_allclose(fitted.predictions["test"], expected.predictions["test"], atol=1e-6)


def test_each_replicate_of_a_curve_has_a_draw_of_its_own(write_corpus, tmp_path, monkeypatch):
    """Those of the variants' replicates: the same seeds draw the same texts."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    texts, labels = splits(
        lambda label, rng: f"{rng.choice(NEUTRAL)} {'sun' if label and rng.random() < 0.7 else 'rain'}"
    )
    rows = {name: list(zip(texts[name], labels[name].tolist(), strict=True)) for name in texts}
    drawn = []
    monkeypatch.setattr("embedding_bench.baselines.fit.draw", lambda *a: drawn.append(a[1:]) or draw(*a))
    training = Training(replicates=3, seed=7, label_budgets=[10])
    write_baseline("x", logistic(), training, "accuracy", write_corpus(**rows), tmp_path / "data")
    assert drawn == [(10, 7), (10, 8), (10, 9)]
    assert len({row.tobytes() for row in scores.read_curve(tmp_path / "data")[10]}) > 1


def naive_bayes(**changed: object) -> Logistic:
    return logistic(weighting="naive-bayes", strengths=[0.1, 1.0], **changed)


def test_naive_bayes_weights_learn_separable_texts_and_the_order_of_words():
    texts, labels = splits(separable)
    fitted = fit(naive_bayes(), texts, labels)
    assert accuracy(fitted.predictions["test"], labels["test"]) == 1
    texts, labels = splits(ordered)
    assert accuracy(fit(naive_bayes(ngrams=2), texts, labels).predictions["test"], labels["test"]) == 1


def test_naive_bayes_weights_are_log_count_ratios_of_presence():
    """By hand: n-gram 0 is in 2 of 2 texts of class 1 and 1 of 2 others, n-gram 1 in 0 and 2; each plus 1."""
    counts = csr_matrix(np.float32([[3, 0], [1, 0], [5, 1], [0, 7]]))
    model = NaiveBayesLogistic(1.0, 100, balanced=False).fit(counts, np.asarray([1, 1, 0, 0]))
    p, q = np.asarray([3.0, 1.0]), np.asarray([2.0, 3.0])
    np.testing.assert_allclose(model.ratios[0], np.log(p / p.sum()) - np.log(q / q.sum()), rtol=1e-6)
    assert len(model.models) == 1  # two classes need one regression
    assert model.parameters == 2 + 1
    once = csr_matrix(np.float32([[1, 0], [1, 0], [1, 1], [0, 1]]))
    np.testing.assert_array_equal(model.predict_proba(counts), model.predict_proba(once))


def test_naive_bayes_of_several_classes_has_a_regression_for_each():
    words = ("rain", "sun", "snow")
    labels = {name: np.arange(60, dtype=np.int32) % 3 for name in ("train", "validation", "test")}
    texts = {name: [f"n{n} {words[label]}" for n, label in enumerate(values)] for name, values in labels.items()}
    fitted = fit(naive_bayes(min_count=2), texts, labels)
    assert accuracy(fitted.predictions["test"], labels["test"]) == 1
    np.testing.assert_allclose(fitted.predictions["test"].sum(axis=1), 1, atol=1e-6)
    assert fitted.predictions["test"].shape == (60, 3)


@pytest.mark.parametrize(
    ("strengths", "chosen", "expected"),
    [([1.0, 5.0, 20.0], 20.0, True), ([5.0, 1.0], 1.0, True), ([1.0, 5.0, 20.0], 5.0, False), ([1.0], 1.0, False)],
)
def test_a_choice_at_the_edge_of_its_candidates_is_told_apart(strengths, chosen, expected):
    assert is_at_edge(logistic(strengths=strengths), chosen) == expected


def test_the_stage_warns_of_a_choice_at_the_edge(write_corpus, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    texts, labels = splits(separable)
    folder = write_corpus(**{name: list(zip(texts[name], labels[name].tolist(), strict=True)) for name in texts})
    write_baseline("x", logistic(), Training(replicates=1, seed=1), "accuracy", folder, tmp_path / "data")
    assert "warning: baseline@x: C = 20 is at the edge of its `strengths`" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [Majority(kind="majority"), logistic(), naive_bayes()])
def test_the_stage_writes_the_same_bytes_twice(write_corpus, tmp_path, monkeypatch, kind):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    texts, labels = splits(separable)
    rows = {name: list(zip(texts[name], labels[name].tolist(), strict=True)) for name in texts}
    folder, written = write_corpus(**rows), []
    for name in ("one", "two"):
        training = Training(replicates=2, seed=1, label_budgets=[8, 60])
        write_baseline("x", kind, training, "accuracy", folder, tmp_path / "data" / name)
        written.append({path.name: path.read_bytes() for path in (tmp_path / "data" / name).iterdir()})
    assert written[0] == written[1]
    found = scores.read_predictions(tmp_path / "data/one", "test")
    assert found.shape == (1, 60, 2)
    (replicate,) = scores.read_scores(tmp_path / "data/one")["replicates"]
    assert replicate["test"]["accuracy"] == pytest.approx(accuracy(found[0], labels["test"]))
    curve = scores.read_curve(tmp_path / "data/one")
    assert {budget: found.shape for budget, found in curve.items()} == {8: (2, 60)}  # 60 are all
