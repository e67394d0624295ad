"""What every embedding has to beat: the majority class, and bags of n-grams with logistic regression."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stages.core.errors import UserError
from stages.core.settings import Logistic

Labels = npt.NDArray[np.int32]
Probabilities = npt.NDArray[np.float32]
TOKEN = r"(?u)\b\w+\b"  # scikit-learn's own drops one-letter words, which tell "i" from "it"
MAX_ITERATIONS = 1000


class Fitted(NamedTuple):
    """A baseline's predictions by split, the strength that validation chose, and its parameters."""

    predictions: dict[str, Probabilities]
    strength: float | None
    parameters: int


def fit_majority(labels: Labels, texts: dict[str, int], classes: int) -> Fitted:
    """Answer every text with the classes' shares in train."""
    prior = np.bincount(labels, minlength=classes) / len(labels)
    predictions = {split: np.tile(prior, (count, 1)).astype(np.float32) for split, count in texts.items()}
    return Fitted(predictions, None, classes)


def fit_logistic(
    settings: Logistic, texts: dict[str, list[str]], labels: dict[str, Labels], balanced: bool = False
) -> Fitted:
    """Fit on train once for each inverse strength C; the most accurate on validation answers, ties to the smaller C.

    Balanced classes weigh alike, in sum over their texts.
    """
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer  # a second without them for majority
    from sklearn.linear_model import LogisticRegression

    kind = TfidfVectorizer if settings.weighting == "tfidf" else CountVectorizer
    extra = {"sublinear_tf": True} if settings.weighting == "tfidf" else {}
    vectorizer = kind(
        analyzer="word" if settings.unit == "words" else "char",
        ngram_range=(1, settings.ngrams),
        min_df=settings.min_count,
        token_pattern=TOKEN if settings.unit == "words" else None,
        dtype=np.float32,
        **extra,
    )
    try:
        train = vectorizer.fit_transform(texts["train"])
    except ValueError:  # of its own: no term is left
        raise UserError(f"baselines: no word occurs in {settings.min_count} train texts; lower `min_count`") from None
    features = {split: vectorizer.transform(texts[split]) for split in ("validation", "test")}
    weight = "balanced" if balanced else None
    models = {
        strength: LogisticRegression(C=strength, max_iter=MAX_ITERATIONS, class_weight=weight)
        for strength in sorted(settings.strengths)
    }
    for model in models.values():
        model.fit(train, labels["train"])
    strength = max(models, key=lambda tried: models[tried].score(features["validation"], labels["validation"]))
    model = models[strength]
    predictions = {split: model.predict_proba(found).astype(np.float32) for split, found in features.items()}
    return Fitted(predictions, strength, int(model.coef_.size + model.intercept_.size))
