import numpy as np
import pytest

from embedding_bench.artifacts.embedding import initial_matrix
from embedding_bench.artifacts.model import first_matrix_of, matrix_of
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.evaluation.label_budgets import draw
from embedding_bench.models.batching import select
from embedding_bench.models.naive_bayes import naive_bayes_weights
from embedding_bench.models.training import Trainer
from embedding_bench.models.variant import VariantTraining
from embedding_bench.settings.encoders import PoolingEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning
from tests.models.test_training import COMMON, ENCODERS, LABELS, LEARNED, TEXTS, embedding

FROZEN = Tuning(trainable=False)
DESCRIPTION = {"seed": 1, "rows": {"missing": {"policy": "normal", "sd": 0.1}, "dimensions": None}}


def train(encoder, tuning, texts=TEXTS, labels=LABELS, **training):
    variant = VariantTraining(texts, labels, embedding(), encoder, tuning, Training(replicates=1, seed=1, **training))
    return variant.replicate(0)


def accuracy(replicate) -> float:
    return (replicate.predictions["test"].argmax(axis=1) == LABELS["test"]).mean()


def linear(**changed) -> PoolingEncoder:
    return PoolingEncoder(kind="mean", **{**COMMON, "epochs": 20, "dropout": 0.0, **changed})


def test_a_frozen_average_is_solved_not_trained():
    """The number of epochs, the batches and the learning rate have no part in it."""
    one, other = (train(linear(epochs=epochs, learning_rate=rate), FROZEN) for epochs, rate in ((1, 1e-6), (3, 0.1)))
    np.testing.assert_array_equal(one.predictions["test"], other.predictions["test"])
    assert accuracy(one) > 0.9


@pytest.mark.parametrize("changed", [{"hidden": 3}, {"dropout": 0.1}])
def test_what_is_not_convex_is_trained(changed):
    assert len(train(linear(**changed, epochs=2), FROZEN).history) == 2


def test_texts_without_tokens_are_left_to_the_prior():
    empty = {split: Encoded(texts.ids[:0], texts.offsets * 0) for split, texts in TEXTS.items()}
    found = train(linear(), FROZEN, texts=empty).predictions["test"]
    np.testing.assert_allclose(found, np.broadcast_to(np.bincount(LABELS["train"]) / 60, found.shape), atol=1e-6)


def test_frozen_words_stay_beside_learned_ngrams():
    found = train(ENCODERS["ngrams"], FROZEN)
    assert "embedding" not in found.weights
    assert len(found.weights["ngrams"]) == len(found.weights["ngram_keys"]) > 0
    assert np.abs(found.weights["ngrams"]).max() > 0
    dense = sum(values.size for name, values in found.weights.items() if "/" in name)
    assert found.parameters == dense + found.weights["ngrams"].size


def test_without_frequent_ngrams_frozen_words_are_averaged_alone():
    rare = linear(ngrams={"longest": 2, "size": 50, "min_count": 10**6, "learning_rate": 0.05})
    found = train(rare, FROZEN)
    assert set(found.weights) == {"head/kernel", "head/bias"}
    np.testing.assert_array_equal(found.predictions["test"], train(linear(), FROZEN).predictions["test"])


def test_finetuned_words_and_ngrams_move():
    found = train(ENCODERS["ngrams"], LEARNED)
    start = first_matrix_of(found.weights, DESCRIPTION, embedding())
    after = matrix_of(found.weights, DESCRIPTION, embedding())
    assert after.shape == start.shape == (22, 6)
    assert np.abs(after - start)[2:].max() > 0.01
    assert accuracy(found) > 0.9


def test_weighted_vectors_start_from_their_weights_and_learn_in_proportion():
    """Adagrad's first step has the size of the learning rate: the words of one batch move by their weight."""
    encoder = PoolingEncoder(
        kind="mean", weighting="naive-bayes", epochs=1, **{**COMMON, "dropout": 0.0, "batch_size": 60}
    )
    found = train(encoder, LEARNED.model_copy(update={"learning_rate": 1e-3}))
    rows = VariantTraining(TEXTS, LABELS, embedding(), encoder, LEARNED, Training(replicates=1, seed=1)).texts["train"]
    weights = naive_bayes_weights(rows, LABELS["train"], 22, 2)
    np.testing.assert_array_equal(found.weights["row_weights"], weights)
    start = first_matrix_of(found.weights, DESCRIPTION, embedding())
    np.testing.assert_allclose(start, initial_matrix(embedding(), 1) * weights[:, np.newaxis])
    moved = np.sqrt(np.square(found.weights["embedding"] - start).mean(axis=1))[2:]
    steps = 60 // found_batch(encoder)
    assert (moved <= 1.001e-3 * weights[2:] * steps).all()
    assert (moved >= 0.9e-3 * weights[2:]).all()


def found_batch(encoder) -> int:
    """The batch that leaves ten steps in an epoch of 60 texts, but at least ten texts a batch."""
    return min(encoder.batch_size, max(60 // 10, 10))


def test_weights_come_from_the_labels_of_the_budget_alone():
    """With other labels on the texts that a budget does not draw, its predictions are the same."""
    encoder, training = ENCODERS["weighted"], {"label_budgets": [20]}
    plain = train(encoder, LEARNED, **training)
    drawn = draw(LABELS, 20, 1)
    assert len(drawn["train"]) == 20
    first = train(
        encoder,
        LEARNED,
        texts={s: select(TEXTS[s], drawn[s]) if s in drawn else TEXTS[s] for s in TEXTS},
        labels={s: LABELS[s][drawn[s]] if s in drawn else LABELS[s] for s in LABELS},
    )
    np.testing.assert_array_equal(plain.curve[20], first.predictions["test"].argmax(axis=1))


def test_a_label_budget_is_trained_on_for_as_many_steps_as_all_of_train(monkeypatch):
    """Ten texts in batches of ten have one step an epoch, 60 have six: six times the epochs and patience."""
    begun = []

    class Noted(Trainer):
        def run(self, label):
            begun.append((len(self.texts["train"]), self.most_epochs, self.patience))
            return super().run(label)

    monkeypatch.setattr("embedding_bench.models.variant.Trainer", Noted)
    train(linear(dropout=0.1, epochs=3, patience=2, batch_size=10), LEARNED, label_budgets=[10, 30])
    assert begun == [(10, 18, 12), (30, 6, 4), (60, 3, 2)]
    begun.clear()
    monkeypatch.setattr("embedding_bench.models.variant.LEAST_STEPS", 9)
    train(linear(dropout=0.1, epochs=3, patience=2, batch_size=10), LEARNED, label_budgets=[10, 30])
    assert begun == [(10, 9, 6), (30, 3, 2), (60, 3, 2)]
