from pathlib import Path

import numpy as np
import pytest

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.errors import UserError
from embedding_bench.models.batching import Batch, Batcher, prepare
from embedding_bench.models.classifier import Classifier
from embedding_bench.models.network import Network
from embedding_bench.models.ngrams import learn_ngrams
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.serving.keras_file import read_model, write_model
from embedding_bench.serving.predictor import Predictor
from embedding_bench.settings.encoders import CNNEncoder, FlattenEncoder, PoolingEncoder, RecurrentEncoder
from embedding_bench.tensorflow import keras, tf

COMMON = {"batch_size": 4, "learning_rate": 0.01, "epochs": 1, "patience": 1, "max_tokens": 4}
ENCODERS = {
    "mean": PoolingEncoder(kind="mean", **COMMON),
    "max": RecurrentEncoder(kind="bilstm", units=[3], pooling="max", **COMMON),
    "dense": PoolingEncoder(kind="mean", hidden=3, **COMMON),
    "sum": PoolingEncoder(kind="sum", **COMMON),
    "presence": PoolingEncoder(kind="presence", **COMMON),
    "most": PoolingEncoder(kind="max", **COMMON),
    "flatten": FlattenEncoder(kind="flatten", **COMMON),
    "cnn": CNNEncoder(kind="cnn", filters=3, widths=[2, 5], **COMMON),
    "lstm": RecurrentEncoder(kind="lstm", units=[3], pooling="last", **COMMON),
    "stacked": RecurrentEncoder(kind="bilstm", units=[4, 3], pooling="last", **COMMON),
}
TOKENS = ["the", "café", "&", "closed", "u.s."]
PRIOR = np.asarray([0.7, 0.3], np.float32)
MATRIX = np.random.default_rng(0).normal(size=(2 + len(TOKENS), 5)).astype(np.float32)
# Raw texts, and the rows of their first four tokens.
TEXTS: dict[str, list[int]] = {
    "The café": [2, 3],
    "the <br /> CAFE\u0301": [2, 3],
    "caf&eacute; &amp; U.S. closed": [3, 4, 6, 5],
    "nothing known here": [1, 1, 1],
    "": [],
    "<br />\x00 \u2028": [],
    "the the the the café café": [2, 2, 2, 2],
    "closed " * 1000: [5, 5, 5, 5],
}


@pytest.fixture(params=ENCODERS)
def trained(request) -> Classifier:
    built = Classifier(MATRIX.shape, PRIOR, ENCODERS[request.param], len(MATRIX))
    built.reset(MATRIX, 1, 0.05)
    return built


def export(trained: Classifier, kind: str = "words") -> TextClassifier:
    encoder = trained.settings.model_dump()
    built = TextClassifier(
        {"kind": kind}, TOKENS, MATRIX.shape[1], encoder, ["no", "yes"], PRIOR.tolist(), name="classifier"
    )
    built.set_parameters(MATRIX, trained.weights())
    return built


def expected(trained: Classifier) -> np.ndarray:
    rows = list(TEXTS.values())
    ids = np.asarray([row for text in rows for row in text], np.int32)
    encoded = Encoded(ids, np.cumsum([0, *(len(text) for text in rows)]))
    prepared = prepare(encoded, np.arange(len(MATRIX), dtype=np.int32), trained.settings)
    return trained.predict(Batcher(len(MATRIX)).take(prepared, np.arange(len(rows))))


def test_raw_texts_get_the_probabilities_of_the_trained_model(trained):
    np.testing.assert_allclose(export(trained)(tf.constant(list(TEXTS))), expected(trained), atol=1e-6)


def test_members_answer_by_the_mean_of_their_probabilities(tmp_path):
    encoder, texts = ENCODERS["cnn"], tf.constant(list(TEXTS))
    classifier = Classifier(MATRIX.shape, PRIOR, encoder, len(MATRIX))
    singles, model = (
        [],
        TextClassifier(
            {"kind": "words"}, TOKENS, MATRIX.shape[1], encoder.model_dump(), ["no", "yes"], PRIOR.tolist(), members=2
        ),
    )
    for member, seed in enumerate((1, 2)):
        classifier.reset(MATRIX * seed, seed, 0.05)
        model.set_parameters(MATRIX * seed, classifier.weights(), member)
        single = export(classifier)
        single.set_parameters(MATRIX * seed, classifier.weights())
        singles.append(single(texts).numpy())
    assert np.abs(singles[0] - singles[1]).max() > 0.01
    np.testing.assert_allclose(model(texts), np.mean(singles, axis=0), atol=1e-6)
    write_model(tmp_path / "model.keras", model)
    np.testing.assert_allclose(read_model(tmp_path / "model.keras")(texts), model(texts), atol=1e-6)


def test_ngrams_are_found_in_raw_texts():
    settings = {"longest": 2, "size": 9, "min_count": 1, "learning_rate": 0.1}
    encoder = PoolingEncoder(kind="mean", ngrams=settings, **COMMON)
    rows = learn_ngrams(Encoded(np.asarray([2, 3, 2], np.int32), np.asarray([0, 3])), encoder.ngrams, len(MATRIX))
    vectors = np.random.default_rng(1).normal(size=(len(rows.keys), 5)).astype(np.float32)
    whole = np.append(MATRIX, vectors, axis=0)
    trained = Classifier(whole.shape, PRIOR, encoder, len(vectors))
    trained.reset(whole, 1, 0.05)
    model = TextClassifier(
        {"kind": "words"}, TOKENS, 5, encoder.model_dump(), ["no", "yes"], PRIOR.tolist(), ngrams=len(vectors)
    )
    model.set_parameters(MATRIX, trained.weights() | {"ngrams": vectors, "ngram_keys": rows.keys})
    texts = rows.extend(Encoded(np.asarray([2, 3, 5, 3, 2], np.int32), np.asarray([0, 2, 3, 5])))
    assert np.diff(texts.offsets).tolist() == [3, 1, 3]
    expected = trained.predict(Batcher(len(whole)).take(texts, np.arange(3)))
    np.testing.assert_allclose(model(tf.constant(["The café", "closed", "café the"])), expected, atol=1e-6)


def test_training_and_the_served_model_share_the_forward_pass(monkeypatch):
    shared = [0.25, 0.75]

    def probabilities(network: Network, matrix: tf.Tensor, batch: Batch, prior: tf.Tensor) -> tf.Tensor:
        return tf.tile([shared], [tf.size(batch.lengths), 1])

    monkeypatch.setattr(Network, "probabilities", probabilities)
    trained = Classifier(MATRIX.shape, PRIOR, ENCODERS["mean"], len(MATRIX))
    trained.reset(MATRIX, 1, 0.05)
    np.testing.assert_array_equal(expected(trained), [shared] * len(TEXTS))
    np.testing.assert_array_equal(export(trained)(tf.constant(list(TEXTS))), [shared] * len(TEXTS))


def test_a_model_reads_back_from_its_file(trained, tmp_path):
    write_model(tmp_path / "model.keras", export(trained))
    found = read_model(tmp_path / "model.keras")
    assert (found.labels, found.prior) == (["no", "yes"], PRIOR.tolist())
    np.testing.assert_array_equal(Predictor(found).probabilities(list(TEXTS)).argmax(1), expected(trained).argmax(1))
    np.testing.assert_allclose(found.predict(tf.constant(list(TEXTS)), verbose=0), expected(trained), atol=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_the_same_model_gives_the_same_bytes(trained, tmp_path):
    for name in ("a.keras", "b.keras"):
        keras.backend.clear_session()  # as in two processes: Keras counts the layers that have no name
        write_model(tmp_path / name, export(trained))
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


def test_batches_of_the_predictor_keep_the_order_of_the_texts(trained, monkeypatch):
    monkeypatch.setattr("embedding_bench.serving.predictor.CHARACTERS", 60)
    found = Predictor(export(trained)).probabilities(list(TEXTS) * 3)
    np.testing.assert_allclose(found, np.tile(expected(trained), (3, 1)), atol=1e-6)
    assert Predictor(export(trained)).probabilities([]).shape == (0, 2)


def test_lone_surrogates_and_a_long_text_are_answered(trained):
    found = Predictor(export(trained)).probabilities(["\ud800 the", "the " * 300_000])
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("kind", ["mean", "presence"])
def test_an_alias_is_the_token_whose_row_it_shares(kind, tmp_path):
    encoder = ENCODERS[kind].model_dump()
    aliases = {"kaffee": 3, "coffee": 3}
    model = TextClassifier({"kind": "words"}, TOKENS, 5, encoder, ["no", "yes"], PRIOR.tolist(), aliases=aliases)
    trained = Classifier(MATRIX.shape, PRIOR, ENCODERS[kind], len(MATRIX))
    trained.reset(MATRIX, 1, 0.05)
    model.set_parameters(MATRIX, trained.weights())
    write_model(tmp_path / "model.keras", model)
    for found in (model, read_model(tmp_path / "model.keras")):
        spelled, plain = found(tf.constant(["the kaffee coffee café", "the café café café"]))
        np.testing.assert_allclose(spelled, plain, atol=1e-6)


def test_characters_are_tokens_of_their_own():
    encoder = ENCODERS["mean"].model_dump()
    model = TextClassifier({"kind": "characters"}, list("日本語ab"), 5, encoder, ["no", "yes"], [0.5, 0.5])
    ids = model.vectorization(tf.constant(["日本 語", "AB", "本x"])).to_list()
    assert ids == [[2, 3, 4], [5, 6], [3, 1]]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_a_broken_file_is_named(tmp_path: Path, content):
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"model\.keras: cannot be read"):
        read_model(path)
    with pytest.raises(UserError, match=r"nowhere\.keras: no such file; enter a project"):
        read_model(tmp_path / "nowhere.keras")
