import numpy as np
import pytest

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.models.batching import Batch, Batcher, pack
from embedding_bench.models.classifier import Classifier
from embedding_bench.models.encoders.recurrent import Recurrent
from embedding_bench.settings.encoders import CNNEncoder, FlattenEncoder, PoolingEncoder, RecurrentEncoder
from embedding_bench.tensorflow import keras, tf

COMMON = {"batch_size": 4, "learning_rate": 0.01, "epochs": 1, "patience": 1}
ENCODERS = {
    "mean": PoolingEncoder(kind="mean", **COMMON),
    "dense": PoolingEncoder(kind="mean", hidden=3, **COMMON),
    "sum": PoolingEncoder(kind="sum", **COMMON),
    "presence": PoolingEncoder(kind="presence", **COMMON),
    "most": PoolingEncoder(kind="max", **COMMON),
    "flatten": FlattenEncoder(kind="flatten", max_tokens=6, **COMMON),
    "lstm": RecurrentEncoder(kind="lstm", units=[3], pooling="last", **COMMON),
    "cnn": CNNEncoder(kind="cnn", filters=3, widths=[1, 4], **COMMON),
    "last": RecurrentEncoder(kind="bilstm", units=[3], pooling="last", **COMMON),
    "max": RecurrentEncoder(kind="bilstm", units=[3], pooling="max", **COMMON),
    "stacked": RecurrentEncoder(kind="bilstm", units=[4, 3], pooling="last", **COMMON),
}
PRIOR = np.asarray([0.7, 0.3], np.float32)
MATRIX = np.random.default_rng(0).normal(size=(10, 5)).astype(np.float32)


def batch(*texts: list[int]) -> Batch:
    offsets = np.cumsum([0, *(len(text) for text in texts)])
    encoded = Encoded(np.asarray([i for text in texts for i in text], np.int32), offsets)
    return Batcher(len(MATRIX)).take(encoded, np.arange(len(texts)))


@pytest.fixture(params=ENCODERS)
def model(request) -> Classifier:
    built = Classifier(MATRIX.shape, PRIOR, ENCODERS[request.param], len(MATRIX))
    built.reset(MATRIX, 1, 0.05)
    return built


def test_padding_changes_nothing(model):
    together = model.predict(batch([2, 3], [4], [5, 6, 7, 8, 9, 2]))
    alone = np.concatenate([model.predict(batch(text)) for text in ([2, 3], [4], [5, 6, 7, 8, 9, 2])])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_an_empty_text_gives_the_prior(model):
    np.testing.assert_allclose(model.predict(batch([], [2, 3]))[0], PRIOR, atol=1e-6)
    np.testing.assert_allclose(model.predict(batch([], [])), [PRIOR, PRIOR], atol=1e-6)


def test_training_on_empty_texts_stays_finite(model):
    for texts in ([[], []], [[], [2, 3]]):
        loss, _ = model.train(pack([batch(*texts)]), np.asarray([0, 1], np.int32), (1, 1))
        assert np.isfinite(loss)
    assert all(np.isfinite(weight).all() for weight in model.weights().values())


def test_unknown_tokens_alone_give_an_answer(model):
    probabilities = model.predict(batch([1, 1, 1]))
    assert probabilities.sum() == pytest.approx(1)


def test_weights_restored_predict_the_same(model):
    texts = batch([2, 3, 4], [5])
    before, kept = model.predict(texts), model.weights()
    model.reset(MATRIX, 2, 0.05)
    assert not np.allclose(model.predict(texts), before)
    model.restore(kept)
    np.testing.assert_array_equal(model.predict(texts), before)


@pytest.mark.parametrize("name", ["lstm", "last", "max", "stacked"])
def test_the_fused_kernel_computes_what_keras_does(name):
    """States and gradients, with texts of several lengths and an empty one."""
    keras.utils.set_random_seed(1)
    encoder = Recurrent(ENCODERS[name], MATRIX.shape[1])
    texts, vectors = batch([2, 3], [], [5, 6, 7, 8, 9, 2], [4]), tf.constant(MATRIX)
    factors = tf.constant(np.random.default_rng(0).normal(size=(4, encoder.features)).astype(np.float32))
    found = {}
    for encoder.fused in (True, False):
        with tf.GradientTape() as tape:
            tape.watch([rows := tf.gather(vectors, texts.rows), *(weight.value for weight in encoder.weights)])
            states = encoder(rows, texts, 0.0, tf.constant([0, 0]))
            loss = tf.reduce_sum(states * factors)
        gradients = tape.gradient(loss, [rows, *(weight.value for weight in encoder.weights)])
        found[encoder.fused] = [states, *map(tf.convert_to_tensor, gradients)]
    for fused, looped in zip(found[True], found[False], strict=True):
        np.testing.assert_allclose(fused, looped, atol=1e-6)
    assert np.abs(found[True][1]).max() > 0.001


@pytest.mark.parametrize(
    ("name", "dimensions", "classes"),
    [("mean", 5, 2), ("mean", 5, 6), ("mean", 40, 2), ("mean", 40, 33), ("mean", 40, 41), ("last", 5, 2)],
)
def test_loss_and_gradients_equal_plain_keras(name, dimensions, classes):
    """Our sparse paths, for narrow and wide vectors, against Keras' own layers on padded ids."""
    texts, labels = [[2, 3, 3], [4], [5, 6, 7, 8]], np.asarray([0, 1, 0], np.int32)
    matrix = np.random.default_rng(0).normal(size=(10, dimensions)).astype(np.float32)
    prior = np.full(classes, 1 / classes, np.float32)
    ours = Classifier(matrix.shape, prior, ENCODERS[name], len(matrix))
    ours.reset(matrix, 1, 0.05)
    padded = keras.utils.pad_sequences(texts, padding="post")
    embed = keras.layers.Embedding(10, dimensions, mask_zero=True)
    embed.build(None)
    embed.set_weights([matrix])
    layer = None
    if name == "last":
        layer = keras.layers.Bidirectional(keras.layers.LSTM(3))
        layer.build((None, None, dimensions))
        layer.set_weights([weight.numpy() for weight in ours.network.encoder.weights])
    with tf.GradientTape() as tape:
        vectors = embed(padded)
        mask = tf.constant(padded != 0)
        if layer:
            features = layer(vectors, mask=mask)
        else:
            weights = tf.cast(mask, tf.float32)[:, :, None]
            features = tf.reduce_sum(vectors * weights, axis=1) / tf.reduce_sum(weights, axis=1)
        logits = features @ ours.network.head.layers[0].kernel.numpy() + ours.network.head.layers[0].bias.numpy()
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
    expected = tf.convert_to_tensor(tape.gradient(loss, embed.embeddings.value)).numpy()
    ours_batch = batch(*texts)
    vectors = tf.constant(matrix[ours_batch.rows])
    found = ours.gradients(vectors, ours_batch, labels, len(labels), tf.zeros([2], tf.int32), moving=True)
    assert found.losses.numpy().mean() == pytest.approx(loss.numpy(), abs=1e-6)
    dense = np.zeros_like(matrix)
    dense[ours_batch.rows] = found.rows
    dense[0] = 0
    np.testing.assert_allclose(dense, expected, atol=1e-6)


def lstm(model: Classifier, vectors: np.ndarray) -> np.ndarray:
    return model.network.encoder.layers[0](vectors[np.newaxis])[0]


def cnn(model: Classifier, vectors: np.ndarray) -> np.ndarray:
    at_least_one_window = np.concatenate([vectors, np.zeros((max(4 - len(vectors), 0), 5), np.float32)])
    narrow, wide = model.network.encoder.layers
    return np.concatenate(
        [narrow(vectors[np.newaxis])[0].numpy().max(0), wide(at_least_one_window[None])[0].numpy().max(0)]
    )


EXPECTED = {
    "mean": lambda _, vectors: vectors.mean(axis=0),
    "sum": lambda _, vectors: vectors.sum(axis=0),
    "presence": lambda _, vectors: vectors.sum(axis=0) / len(vectors) ** 0.5,
    "most": lambda _, vectors: vectors.max(axis=0),
    "flatten": lambda _, vectors: np.concatenate([vectors.ravel(), np.zeros(30 - vectors.size)]),
    "lstm": lstm,
    "cnn": cnn,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_texts_of_a_batch_are_encoded_as_each_alone_is_by_hand(name):
    model = Classifier(MATRIX.shape, PRIOR, ENCODERS[name], len(MATRIX))
    model.reset(MATRIX, 1, 0.05)
    texts = [[2, 3, 3], [4], [5, 6, 7, 8, 9, 2], [1, 1, 1, 1]]
    together = batch(*texts)
    found = model.network.encoder(tf.constant(MATRIX[together.rows]), together, 0.0, tf.zeros([2], tf.int32))
    assert found.shape == (4, model.network.encoder.features)
    for row, text in zip(found, texts, strict=True):
        np.testing.assert_allclose(row, EXPECTED[name](model, MATRIX[text]), atol=1e-5)
