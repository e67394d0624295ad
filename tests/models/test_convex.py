import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from embedding_bench.models.convex import STRENGTHS, solve_path


def draw(texts=300, features=5, classes=3):
    """Draw features of very different scale and offset, and labels that depend on them with noise."""
    rng = np.random.default_rng(0)
    labels = rng.integers(classes, size=texts).astype(np.int32)
    centres = rng.normal(size=(classes, features))
    values = centres[labels] + rng.normal(size=(texts, features))
    return (values * 10.0 ** np.arange(-2, 3)[:features] + 7).astype(np.float32), labels


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("weights", ["even", "balanced"])
def test_each_head_is_the_logistic_regression_of_its_strength_on_standardised_features(classes, weights):
    features, labels = draw(classes=classes)
    counts = np.bincount(labels)
    given = len(labels) / (classes * counts) if weights == "balanced" else np.ones(classes)
    mean, scale = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
    for strength, solved in zip(STRENGTHS, solve_path(features, labels, given), strict=True):
        # Of two classes scikit-learn has one vector, twice as far from zero as each of ours: twice the penalty.
        theirs = LogisticRegression(
            C=2 * strength if classes == 2 else strength,
            class_weight="balanced" if weights == "balanced" else None,
            tol=1e-8,
            max_iter=10_000,
        ).fit((features - mean) / scale, labels)
        logits = features @ solved.kernel + solved.bias
        ours = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
        np.testing.assert_allclose(ours, theirs.predict_proba((features - mean) / scale), atol=2e-4)
        assert solved.accuracy == (ours.argmax(axis=1) == labels).mean()
        assert solved.loss == pytest.approx(-np.log(ours[np.arange(len(labels)), labels]).mean(), abs=1e-6)


def test_a_weaker_penalty_never_fits_train_worse():
    losses = [solved.loss for solved in solve_path(*draw(), np.ones(3))]
    assert losses == sorted(losses, reverse=True)


def test_a_feature_without_variance_and_a_class_without_texts_do_no_harm():
    features, labels = draw(classes=2)
    features = np.hstack([features, np.full((len(features), 1), 3, np.float32)])
    *_, solved = solve_path(features, labels, np.ones(3))
    assert np.isfinite(solved.kernel).all()
    assert ((features @ solved.kernel + solved.bias).argmax(axis=1) < 2).all()
