"""Bags of n-grams with logistic regression."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from embedding_bench.arrays import Labels
from embedding_bench.baselines.fitted import Fitted
from embedding_bench.baselines.naive_bayes import NaiveBayesLogistic
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.selection import best_of, candidate
from embedding_bench.settings.baselines import Logistic

if TYPE_CHECKING:  # takes a second, which the majority class does not need
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

TOKEN = r"(?u)\b\w+\b"  # scikit-learn's own drops one-letter words, which tell "i" from "it"
MAX_ITERATIONS = 1000


def count_terms(settings: Logistic, texts: dict[str, list[str]]) -> tuple[dict[str, "csr_matrix"], float]:
    """Count the n-grams of train in each split: float32 [texts, n-grams], and the microseconds that a text took."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(
        analyzer="word" if settings.unit == "words" else "char",
        ngram_range=(1, settings.ngrams),
        token_pattern=TOKEN if settings.unit == "words" else None,
        lowercase=True,
        dtype=np.float32,
    )
    try:
        train = vectorizer.fit_transform(texts["train"])
    except ValueError:  # of its own: there is no term at all
        raise UserError("baselines: no train text has a word") from None
    start = time.perf_counter()
    others = {  # folds share out one list of texts
        split: train if texts[split] is texts["train"] else vectorizer.transform(texts[split])
        for split in texts
        if split != "train"
    }
    microseconds = 1e6 * (time.perf_counter() - start) / sum(len(texts[split]) for split in others)
    return {"train": train, **others}, microseconds


def fit_logistic(
    settings: Logistic,
    counts: dict[str, "csr_matrix"],
    labels: dict[str, Labels],
    balanced: bool = False,
    select_by: str = "accuracy",
) -> Fitted:
    """Fit on train once for each inverse strength C; validation chooses, ties go to the smaller C.

    N-grams of fewer than `min_count` train texts are left out. `balanced` gives all classes the same total weight.

    Raises:
        UserError: No n-gram is left.
    """
    weigh = term_weighting(settings, counts["train"])
    features = {split: weigh(counts[split]) for split in ("train", "validation")}
    models = {
        strength: _classifier(settings, strength, balanced).fit(features["train"], labels["train"])
        for strength in sorted(settings.strengths)
    }
    validated = [model.predict_proba(features["validation"]) for model in models.values()]
    chosen = best_of([candidate(labels["validation"], p[np.newaxis], select_by) for p in validated])
    strength, model = list(models.items())[chosen]
    start = time.perf_counter()
    predictions = {
        split: model.predict_proba(weigh(counts[split])).astype(np.float32) for split in counts if split != "train"
    }
    microseconds = 1e6 * (time.perf_counter() - start) / sum(map(len, predictions.values()))
    return Fitted(predictions, strength, _parameters(model), microseconds)


def is_at_edge(settings: Logistic, strength: float) -> bool:
    """Tell whether the chosen strength is the smallest or largest of several candidates."""
    return len(settings.strengths) > 1 and strength in (min(settings.strengths), max(settings.strengths))


def _classifier(settings: Logistic, strength: float, balanced: bool) -> "LogisticRegression | NaiveBayesLogistic":
    from sklearn.linear_model import LogisticRegression

    if settings.weighting == "naive-bayes":
        return NaiveBayesLogistic(strength, MAX_ITERATIONS, balanced)
    return LogisticRegression(C=strength, max_iter=MAX_ITERATIONS, class_weight="balanced" if balanced else None)


def _parameters(model: "LogisticRegression | NaiveBayesLogistic") -> int:
    if isinstance(model, NaiveBayesLogistic):
        return model.parameters
    return int(model.coef_.size + model.intercept_.size)


def term_weighting(settings: Logistic, train: "csr_matrix") -> Callable[["csr_matrix"], "csr_matrix"]:
    """Return a function that drops the n-grams that are rare in train, and weights the rest.

    Naive Bayes weights each class anew, so that its n-grams stay counts here.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    frequent = np.flatnonzero(np.bincount(train.indices, minlength=train.shape[1]) >= settings.min_count)
    if not len(frequent):
        raise UserError(f"baselines: no word occurs in {settings.min_count} train texts; lower `min_count`")
    if settings.weighting != "tfidf":
        return lambda counts: counts[:, frequent]
    weighting = TfidfTransformer(sublinear_tf=True).fit(train[:, frequent])
    return lambda counts: weighting.transform(counts[:, frequent])
