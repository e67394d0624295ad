"""What every embedding has to beat: the majority class, and bags of n-grams with logistic regression."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.metrics import judge
from embedding_bench.evaluation.selection import best_of
from embedding_bench.settings.baselines import Logistic

if TYPE_CHECKING:  # a second, which the majority class does without
    from scipy.sparse import csr_matrix

TOKEN = r"(?u)\b\w+\b"  # scikit-learn's own drops one-letter words, which tell "i" from "it"
MAX_ITERATIONS = 1000


class Fitted(NamedTuple):
    """A baseline's predictions by split, the strength that validation chose, and its parameters.

    `microseconds` are those of predicting a text.
    """

    predictions: dict[str, Probabilities]
    strength: float | None
    parameters: int
    microseconds: float


def fit_majority(labels: Labels, texts: dict[str, int], classes: int) -> Fitted:
    """Answer every text with the classes' shares in train."""
    prior = np.bincount(labels, minlength=classes) / len(labels)
    predictions = {split: np.tile(prior, (count, 1)).astype(np.float32) for split, count in texts.items()}
    return Fitted(predictions, None, classes, 0.0)


def count_terms(settings: Logistic, texts: dict[str, list[str]]) -> tuple[dict[str, "csr_matrix"], float]:
    """Count the n-grams of train in each split's texts, float32 [texts, n-grams], and say in how many microseconds."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(
        analyzer="word" if settings.unit == "words" else "char",
        ngram_range=(1, settings.ngrams),
        token_pattern=TOKEN if settings.unit == "words" else None,
        dtype=np.float32,
    )
    try:
        train = vectorizer.fit_transform(texts["train"])
    except ValueError:  # of its own: there is no term at all
        raise UserError("baselines: no train text has a word") from None
    validation, start = vectorizer.transform(texts["validation"]), time.perf_counter()
    test = vectorizer.transform(texts["test"])
    microseconds = 1e6 * (time.perf_counter() - start) / len(texts["test"])
    return {"train": train, "validation": validation, "test": test}, microseconds


def fit_logistic(
    settings: Logistic, counts: dict[str, "csr_matrix"], labels: dict[str, Labels], balanced: bool = False
) -> Fitted:
    """Fit on train once for each inverse strength C; the best on validation answers, ties to the smaller C.

    N-grams of fewer than `min_count` train texts are left out. Balanced classes weigh alike, in sum over their texts.

    Raises:
        UserError: No n-gram is left.
    """
    from sklearn.linear_model import LogisticRegression

    weigh = weighing(settings, counts["train"])
    features = {split: weigh(counts[split]) for split in ("train", "validation")}
    models = {
        strength: LogisticRegression(
            C=strength, max_iter=MAX_ITERATIONS, class_weight="balanced" if balanced else None
        ).fit(features["train"], labels["train"])
        for strength in sorted(settings.strengths)
    }
    answers = [model.predict_proba(features["validation"]) for model in models.values()]
    chosen = best_of([judge(labels["validation"], found) for found in answers], len(labels["validation"]))
    (strength, model), validation = list(models.items())[chosen], answers[chosen]
    start = time.perf_counter()
    test = model.predict_proba(weigh(counts["test"]))
    microseconds = 1e6 * (time.perf_counter() - start) / len(test)
    predictions = {"validation": validation.astype(np.float32), "test": test.astype(np.float32)}
    return Fitted(predictions, strength, int(model.coef_.size + model.intercept_.size), microseconds)


def weighing(settings: Logistic, train: "csr_matrix") -> Callable[["csr_matrix"], "csr_matrix"]:
    """Return what leaves out the n-grams that are rare in train, and weighs the others."""
    from sklearn.feature_extraction.text import TfidfTransformer

    kept = np.flatnonzero(np.bincount(train.indices, minlength=train.shape[1]) >= settings.min_count)
    if not len(kept):
        raise UserError(f"baselines: no word occurs in {settings.min_count} train texts; lower `min_count`")
    if settings.weighting == "counts":
        return lambda counts: counts[:, kept]
    weighting = TfidfTransformer(sublinear_tf=True).fit(train[:, kept])
    return lambda counts: weighting.transform(counts[:, kept])
