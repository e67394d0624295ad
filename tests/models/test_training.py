from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.utils.class_weight import compute_class_weight

from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.evaluation.label_budgets import draw
from embedding_bench.evaluation.metrics import measure
from embedding_bench.evaluation.selection import Candidate, candidate
from embedding_bench.models.batching import Batcher, pack
from embedding_bench.models.classifier import Classifier
from embedding_bench.models.replicate import Replicate
from embedding_bench.models.variant import VariantTraining
from embedding_bench.settings.encoders import CNNEncoder, FlattenEncoder, PoolingEncoder, RecurrentEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning

LEARNED = Tuning(trainable=True, learning_rate=0.05)
RNG = np.random.default_rng(5)
COMMON = {"batch_size": 16, "learning_rate": 0.05, "patience": 20, "dropout": 0.1}
NGRAMS = {"longest": 2, "size": 50, "min_count": 2, "learning_rate": 0.05}
ENCODERS = {
    "mean": PoolingEncoder(kind="mean", epochs=20, **COMMON),
    "dense": PoolingEncoder(kind="mean", epochs=20, hidden=4, **COMMON),
    "sum": PoolingEncoder(kind="sum", epochs=20, **COMMON),
    "presence": PoolingEncoder(kind="presence", epochs=20, **COMMON),
    "max": PoolingEncoder(kind="max", epochs=20, **COMMON),
    "weighted": PoolingEncoder(kind="mean", epochs=20, weighting="naive-bayes", **COMMON),
    "ngrams": PoolingEncoder(kind="mean", epochs=20, weighting="naive-bayes", ngrams=NGRAMS, **COMMON),
    "flatten": FlattenEncoder(kind="flatten", epochs=20, max_tokens=9, **COMMON),
    "lstm": RecurrentEncoder(kind="lstm", epochs=8, units=[4], pooling="last", **COMMON),
    "bilstm": RecurrentEncoder(kind="bilstm", epochs=6, units=[4], pooling="max", **COMMON),
    "cnn": CNNEncoder(kind="cnn", epochs=8, filters=4, widths=[1, 3], **COMMON),
}
VECTORS = np.concatenate([RNG.normal(1, 0.3, (10, 6)), RNG.normal(-1, 0.3, (10, 6))]).astype(np.float32)


def embedding() -> Embedding:
    """Twenty words: the first ten speak for class 0, the others for class 1."""
    names = ["", "[UNK]", *(f"w{n}" for n in range(20))]
    vocabulary = pa.table({"token": names, "count": [0] * 22, "match": ["exact"] * 22})
    remap, rows = np.arange(2, 22, dtype=np.int32), np.arange(2, 22, dtype=np.int32)
    return Embedding(vocabulary, remap, rows, VECTORS, {"policy": "normal", "sd": 0.1})


def split(texts: int, seed: int) -> tuple[Encoded, np.ndarray]:
    """Separable texts of one to nine words, and an empty one."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, texts).astype(np.int32)
    lengths = rng.integers(1, 10, texts)
    lengths[3] = 0
    ids = [rng.integers(0, 10, length) + 10 * label for length, label in zip(lengths, labels, strict=True)]
    return Encoded(np.concatenate(ids).astype(np.int32), np.concatenate([[0], np.cumsum(lengths)])), labels


SPLITS = {
    name: split(size, seed) for seed, (name, size) in enumerate({"train": 60, "validation": 30, "test": 40}.items())
}
TEXTS = {name: texts for name, (texts, _) in SPLITS.items()}
LABELS = {name: labels for name, (_, labels) in SPLITS.items()}


def train_variant(*arguments: Any) -> Iterator[Replicate]:
    variant = VariantTraining(*arguments)
    return map(variant.replicate, range(variant.training.replicates))


def run(encoder: str, trainable: bool, replicates: int = 1, seed: int = 1) -> list[Replicate]:
    tuning = Tuning(trainable=trainable, learning_rate=0.05 if trainable else None)
    training = Training(replicates=replicates, seed=seed)
    return list(train_variant(TEXTS, LABELS, embedding(), ENCODERS[encoder], tuning, training))


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("trainable", [True, False])
def test_separable_texts_are_learned(encoder, trainable):
    (found,) = run(encoder, trainable)
    right = found.predictions["test"].argmax(axis=1) == LABELS["test"]
    assert np.delete(right, 3).all()  # text 3 is empty
    assert found.history[-1]["loss"] < 0.1
    assert ("embedding" in found.weights) == trainable


@pytest.mark.parametrize("encoder", ["mean", "bilstm", "cnn"])
@pytest.mark.parametrize("trainable", [True, False])
def test_a_replicate_is_the_same_alone_and_after_others(encoder, trainable):
    *_, last = run(encoder, trainable, replicates=3)
    (alone,) = run(encoder, trainable, seed=3)
    assert last.history == alone.history
    for name, weight in last.weights.items():
        np.testing.assert_array_equal(weight, alone.weights[name])
    np.testing.assert_array_equal(last.predictions["test"], alone.predictions["test"])


def test_fresh_replicates_have_other_seeds_and_the_same_label_budgets():
    training = Training(replicates=2, seed=1, label_budgets=[20])
    variant = VariantTraining(TEXTS, LABELS, embedding(), ENCODERS["mean"], LEARNED, training)
    drawn = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embedding_bench.models.variant.draw", lambda *a: drawn.append(a[2]) or draw(*a))
        assert [variant.replicate(number).seed for number in range(4)] == [1, 2, 3, 4]
    assert drawn == [1, 2, 1, 2]


def test_macro_f1_can_select_the_epoch(monkeypatch):
    used = []
    monkeypatch.setattr("embedding_bench.models.training.candidate", lambda *a: used.append(a[2]) or candidate(*a))
    training = Training(replicates=1, seed=1)
    list(train_variant(TEXTS, LABELS, embedding(), ENCODERS["mean"], LEARNED, training, "macro_f1"))
    assert set(used) == {"macro_f1"}


def test_replicates_differ():
    first, second = run("mean", True, replicates=2)
    assert first.history != second.history


def test_pooling_once_equals_pooling_every_step():
    """The frozen mean variant trains on means computed beforehand; a fine-tuned one at almost no rate is its twin."""
    (frozen,) = run("mean", False)
    tuning = Tuning(trainable=True, learning_rate=1e-12)
    (twin,) = train_variant(TEXTS, LABELS, embedding(), ENCODERS["mean"], tuning, Training(replicates=1, seed=1))
    np.testing.assert_allclose(frozen.predictions["test"], twin.predictions["test"], atol=1e-4)


def test_the_best_epoch_is_the_one_that_predicts():
    (found,) = run("mean", True)
    best = found.history[found.best_epoch - 1]
    measured = measure(LABELS["validation"], found.predictions["validation"])
    reached = (best["val_accuracy"], best["val_loss"])
    assert (measured["accuracy"], measured["log_loss"]) == pytest.approx(reached, abs=1e-6)


def test_of_equally_accurate_epochs_the_lowest_log_loss_predicts(monkeypatch):
    epochs = iter(((70, 0.5), (90, 0.9), (89, 0.3), (90, 0.6)))

    def scored(*_: object) -> Candidate:
        right, log_loss = next(epochs)
        return Candidate((np.arange(100) < right).astype(float)[np.newaxis], log_loss)

    monkeypatch.setattr("embedding_bench.models.training.candidate", scored)
    encoder = ENCODERS["mean"].model_copy(update={"epochs": 4})
    (found,) = train_variant(TEXTS, LABELS, embedding(), encoder, LEARNED, Training(replicates=1, seed=1))
    assert found.best_epoch == 3


def test_training_stops_after_patience():
    encoder = ENCODERS["mean"].model_copy(update={"patience": 2, "epochs": 50})
    worse = LABELS | {"validation": 1 - LABELS["validation"]}  # what train teaches is wrong on validation
    (found,) = train_variant(TEXTS, worse, embedding(), encoder, LEARNED, Training(replicates=1, seed=1))
    assert len(found.history) == found.best_epoch + 2 < 50


def test_balanced_classes_are_both_learned_where_one_is_rare():
    rng = np.random.default_rng(3)
    labels = {name: (rng.random(len(found)) < 0.08).astype(np.int32) for name, found in LABELS.items()}
    labels["train"][:2] = [0, 1]
    found = {}
    for weights in ("none", "balanced"):
        training = Training(replicates=1, seed=1, class_weights=weights)
        knobs = (PoolingEncoder(kind="mean", epochs=2, **COMMON), LEARNED, training)
        (replicate,) = train_variant(TEXTS, labels, embedding(), *knobs)
        found[weights] = replicate.predictions["test"][:, 1].mean()
    assert found["balanced"] > found["none"] + 0.1


def test_balanced_weights_are_those_of_scikit_learn():
    prior = np.bincount(LABELS["train"]) / len(LABELS["train"])
    model = Classifier((4, 2), prior.astype(np.float32), ENCODERS["mean"], 4, balanced=True)
    expected = compute_class_weight("balanced", classes=np.asarray([0, 1]), y=LABELS["train"])
    np.testing.assert_allclose(model.class_weights, expected, rtol=1e-6)


@pytest.mark.parametrize("kind", ["mean", "sum", "presence", "max"])
def test_every_pooling_may_be_done_beforehand(kind):
    # With a hidden layer, because a linear head alone is solved.
    encoder = PoolingEncoder(kind=kind, hidden=3, epochs=2, batch_size=16, learning_rate=0.05, patience=2)
    found = []
    for tuning in (Tuning(trainable=False), Tuning(trainable=True, learning_rate=1e-12)):
        found += train_variant(TEXTS, LABELS, embedding(), encoder, tuning, Training(replicates=1, seed=1))
    np.testing.assert_allclose(found[0].predictions["test"], found[1].predictions["test"], atol=1e-4)


def test_an_embedding_stays_until_it_is_released():
    model = Classifier((22, 6), np.full(2, 0.5, np.float32), ENCODERS["mean"], 22)
    matrix = initial_matrix(embedding(), 1)
    model.reset(matrix, 1, 0.05)
    packed = pack([Batcher(22).take(TEXTS["train"], np.arange(16))])
    head = model.weights()["head/kernel"]
    model.train(packed, LABELS["train"][:16], (1, 0), released=False)
    np.testing.assert_array_equal(model.weights()["embedding"], matrix)
    assert not np.allclose(model.weights()["head/kernel"], head)
    model.train(packed, LABELS["train"][:16], (1, 0), released=True)
    assert not np.allclose(model.weights()["embedding"], matrix)


def test_patience_begins_when_the_embedding_is_released():
    encoder = ENCODERS["mean"].model_copy(update={"patience": 1, "epochs": 10})
    worse = LABELS | {"validation": 1 - LABELS["validation"]}
    (found,) = train_variant(
        TEXTS,
        worse,
        embedding(),
        encoder,
        LEARNED.model_copy(update={"frozen_epochs": 3}),
        Training(replicates=1, seed=1),
    )
    assert (found.best_epoch, len(found.history)) == (1, 4)


def test_fewer_labels_are_trained_on_beside_all_and_change_nothing_else():
    knobs = (ENCODERS["mean"], LEARNED)
    (plain,) = train_variant(TEXTS, LABELS, embedding(), *knobs, Training(replicates=1, seed=1))
    budgets = Training(replicates=1, seed=1, label_budgets=[10, 30, 60])
    (found,) = train_variant(TEXTS, LABELS, embedding(), *knobs, budgets)
    np.testing.assert_array_equal(found.predictions["test"], plain.predictions["test"])
    assert list(found.curve) == [10, 30]  # 60 are all
    assert all(answers.shape == (40,) and set(answers) <= {0, 1} for answers in found.curve.values())


@pytest.mark.parametrize("trainable", [False, True])
def test_a_budget_is_the_same_alone_or_among_others(trainable):
    tuning = Tuning(trainable=trainable, learning_rate=0.05 if trainable else None)

    def curve(replicates: int, budgets: list[int]) -> np.ndarray:
        training = Training(replicates=replicates, seed=3 - replicates, label_budgets=budgets)
        return list(train_variant(TEXTS, LABELS, embedding(), ENCODERS["mean"], tuning, training))[-1].curve[20]

    np.testing.assert_array_equal(curve(1, [20]), curve(2, [10, 20]))


def test_an_empty_text_is_answered_with_the_shares_of_the_texts_that_the_budget_bought():
    """The fourth text is empty. Of 60 labels 31 are of class 1; of 3 that a seed buys, two may be of class 0."""
    labels = {**LABELS, "train": np.repeat([0, 1], [29, 31]).astype(np.int32)}
    majority = {int(np.bincount(labels["train"][draw(labels, 3, seed)["train"]]).argmax()): seed for seed in range(30)}
    assert set(majority) == {0, 1}
    for answer, seed in majority.items():
        training = Training(replicates=1, seed=seed, label_budgets=[3])
        (found,) = train_variant(TEXTS, labels, embedding(), ENCODERS["mean"], LEARNED, training)
        assert found.curve[3][3] == answer
        np.testing.assert_allclose(found.predictions["test"][3], [29 / 60, 31 / 60], atol=1e-6)
