"""What every embedding has to beat: the majority class, and bags of n-grams with logistic regression."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from stages.core.errors import UserError
from stages.core.settings import Logistic

if TYPE_CHECKING:  # a second, which the majority class does without
    from scipy.sparse import csr_matrix

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


def count_terms(settings: Logistic, texts: dict[str, list[str]]) -> dict[str, "csr_matrix"]:
    """Count the n-grams of train in each split's texts: float32 [texts, n-grams]."""
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
    return {"train": train, **{split: vectorizer.transform(texts[split]) for split in ("validation", "test")}}


def fit_logistic(
    settings: Logistic, counts: dict[str, "csr_matrix"], labels: dict[str, Labels], balanced: bool = False
) -> Fitted:
    """Fit on train once for each inverse strength C; the most accurate on validation answers, ties to the smaller C.

    N-grams of fewer than `min_count` train texts are left out. Balanced classes weigh alike, in sum over their texts.

    Raises:
        UserError: No n-gram is left.
    """
    from sklearn.linear_model import LogisticRegression

    features = weigh(settings, counts)
    models = {
        strength: LogisticRegression(
            C=strength, max_iter=MAX_ITERATIONS, class_weight="balanced" if balanced else None
        ).fit(features["train"], labels["train"])
        for strength in sorted(settings.strengths)
    }
    strength = max(models, key=lambda tried: models[tried].score(features["validation"], labels["validation"]))
    model = models[strength]
    predictions = {split: model.predict_proba(features[split]).astype(np.float32) for split in ("validation", "test")}
    return Fitted(predictions, strength, int(model.coef_.size + model.intercept_.size))


def weigh(settings: Logistic, counts: dict[str, "csr_matrix"]) -> dict[str, "csr_matrix"]:
    """Leave out what is rare in train, and weigh what is left."""
    from sklearn.feature_extraction.text import TfidfTransformer

    train = counts["train"]
    kept = np.flatnonzero(np.bincount(train.indices, minlength=train.shape[1]) >= settings.min_count)
    if not len(kept):
        raise UserError(f"baselines: no word occurs in {settings.min_count} train texts; lower `min_count`")
    frequent = {split: found[:, kept] for split, found in counts.items()}
    if settings.weighting == "counts":
        return frequent
    weighting = TfidfTransformer(sublinear_tf=True).fit(frequent["train"])
    return {split: weighting.transform(found) for split, found in frequent.items()}
