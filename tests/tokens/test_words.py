import json
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from embedding_bench.artifacts import tokens
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.settings.vectors import RandomVectors
from embedding_bench.settings.vocabulary import VocabularySettings
from embedding_bench.tensorflow import keras, tf
from embedding_bench.tokens.standardizers import standardize_words
from embedding_bench.tokens.vectorizers import Splitter, text_vectorization
from embedding_bench.vectors.matrix import build_embedding
from stages.vectorize import vectorize

WORDS = Vectorizer(kind="words")
SPLIT = Splitter(WORDS)
TEXTS = [
    "Don't stop. It's well-known: 1,000.5 \u2014 \u201cyes\u201d\u2026",
    "",
    "zebra quagga okapi",
    "U.S. stocks don't rise, say analysts in Zürich",
    "\u2028\u0085 \u00a0",
    "stocks rise -- caf\u00e9 \U0001f642",
]


def split(*texts: str) -> list[list[str]]:
    return [[token.decode() for token in row] for row in SPLIT(tf.constant(texts, tf.string)).to_list()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't", "do n't"),
        ("can't won't", "ca n't wo n't"),
        ("It's I'll we've they'd I'm you're", "it 's i 'll we 've they 'd i 'm you 're"),
        ("i'd've", "i 'd 've"),
        ("DON\u2019T it\u2018s o\u00b4neill`s", "do n't it 's o ' neill 's"),
        ('\u201cyes\u201d "no"', '" yes " " no "'),
        ("'quoted' dogs'", "' quoted ' dogs '"),
        ("well-known", "well - known"),
        ("a--b --- c", "a -- b --- c"),
        ("1,000.5 3:30 3.", "1,000.5 3:30 3 ."),
        ("2004-05-06 50% $5.00", "2004 - 05 - 06 50 % $ 5.00"),
        ("U.S. e.g. Mr. No.", "u.s. e.g. mr . no ."),
        ("wait... what\u2026 well..", "wait ... what ... well ..."),
        ("isn't,can't.", "is n't , ca n't ."),
        ("#1 @you a_b", "# 1 @ you a _ b"),
        ("\u00c4rger STRASSE Stra\u00dfe", "\u00e4rger strasse stra\u00dfe"),
        ("\u0130zmir \u03a3", "i\u0307zmir \u03c3"),
        ("caf\u00e9 na\u00efve", "caf\u00e9 na\u00efve"),
        ("cafe\u0301", "cafe\u0301"),
        ("hi\U0001f642\U0001f642 x", "hi \U0001f642 \U0001f642 x"),
        ("\u6771\u4eac \u043c\u0438\u0440", "\u6771\u4eac \u043c\u0438\u0440"),
        ("a\u0085b\u2028c\u2029d\u00a0e\u3000f\tg\nh\x1fi", "a b c d e f g h i"),
        ("", ""),
        (" \t\u2028\u0085\n", ""),
    ],
)
def test_text_is_split_as_in_gloves_vocabulary(text, words):
    assert split(text) == [words.split(" ") if words else []]


@pytest.mark.parametrize("word", ["1990s", "20th", "2nd", "747s", "3d", "g8", "b2b", "4x4", "x\u00b2"])
def test_a_word_of_digits_and_letters_stays_whole(word):
    """As in GloVe, where 1990s is word 2,258."""
    assert split(f"the {word}, then") == [["the", word, ",", "then"]]


@pytest.mark.parametrize("text", ["before\x00after", "before \x00 after", "\x00before after\x00"])
def test_text_after_a_nul_is_kept(text):
    assert split(text) == [["before", "after"]]


def test_texts_are_split_independently():
    assert split("a b", "", "c") == [["a", "b"], [], ["c"]]


@pytest.mark.parametrize("shape", [(), (2,), (2, 1), (0,)])
def test_standard_text_keeps_its_shape(shape):
    assert standardize_words(tf.fill(shape, "It's")).shape == shape


@settings(deadline=None)
@given(st.text())
@example("n't's'")
@example("u.s...")
@example("\u0130\u0307")
def test_splitting_is_idempotent(text):
    """Tokens typed with spaces between them are split into the same tokens."""
    (once,) = split(text)
    (again,) = split(" ".join(once))
    assert again == once


def pipeline(write_corpus, tmp_path, texts: list[str], **vocabulary: int) -> tuple[Embedding, list[list[int]]]:
    """Run texts through the vectorize stage and the remap: the embedding, and the ids of each text."""
    held_out = [("stocks fall", 0)]
    source = write_corpus(train=[(text, 0) for text in texts], validation=held_out, test=held_out)
    vectorize("words", Vectorizer(kind="words"), source, tmp_path / "tokens")
    lexicon = tokens.read_lexicon(tmp_path / "tokens")
    vectors = RandomVectors(source="random", dimensions=3, missing={"policy": "normal", "sd": 1.0})
    nothing = WordVectors(pa.array([], pa.string()), np.zeros((0, 3), np.float32))
    built = build_embedding(lexicon, vectors, nothing, VocabularySettings(**vocabulary))
    ids, offsets = tokens.read_split(tmp_path / "tokens", "train")
    rows = built.remap[ids]
    return built, [rows[a:b].tolist() for a, b in pairwise(offsets)]


@pytest.mark.parametrize("vocabulary", [{"size": 1000, "min_count": 1}, {"size": 6, "min_count": 2}])
def test_the_layer_gives_the_ids_of_the_pipeline(write_corpus, tmp_path, monkeypatch, vocabulary):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    built, expected = pipeline(write_corpus, tmp_path, TEXTS, **vocabulary)
    layer = text_vectorization(WORDS, built.vocabulary["token"].to_pylist()[2:])
    assert layer(tf.constant(TEXTS)).to_list() == expected
    assert layer.get_vocabulary() == built.vocabulary["token"].to_pylist()
    if vocabulary["min_count"] == 2:
        assert expected[1:3] == [[], [1, 1, 1]]


def test_a_batch_of_one_text_is_a_batch():
    layer = text_vectorization(WORDS, ["it", "'s"])
    assert layer(tf.constant(["It's it"])).to_list() == [[2, 3, 2]]
    assert layer(tf.constant([""])).to_list() == [[]]


SIGNS = st.sampled_from("aBz\u00c4\u00e9\u0301'\u2019`\".,:;-\u2014\u2026019 \u0085\u2028\n\x00n't\U0001f642")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text() | st.text(SIGNS), min_size=1, max_size=8))
def test_the_layer_splits_as_the_pipeline_does(texts):
    rows = split(*texts)
    vocabulary = list(dict.fromkeys(token for row in rows for token in row)) or ["a"]
    ids = {token: token_id for token_id, token in enumerate(vocabulary, start=2)}
    assert text_vectorization(WORDS, vocabulary)(tf.constant(texts)).to_list() == [
        [ids[token] for token in row] for row in rows
    ]


def test_the_layer_comes_back_from_its_configuration_without_running_code():
    layer = text_vectorization(WORDS, ["it", "'s", "\u00e9"])
    text = json.dumps(keras.saving.serialize_keras_object(layer))
    assert "lambda" not in text.lower()
    assert json.loads(text)["config"]["split"]["registered_name"] == "embedding_bench>Splitter"
    again = keras.saving.deserialize_keras_object(json.loads(text), safe_mode=True)
    texts = tf.constant(["It\u2019s \u00c9!", "", "nothing known"])
    assert again(texts).to_list() == layer(texts).to_list() == [[2, 3, 4, 1], [], [1, 1]]


def test_a_saved_model_with_the_layer_loads_in_safe_mode(tmp_path):
    model = keras.Sequential([keras.Input((), dtype="string"), text_vectorization(WORDS, ["it", "'s"])])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert again(tf.constant(["It's new", ""])).to_list() == [[2, 3, 1], []]
