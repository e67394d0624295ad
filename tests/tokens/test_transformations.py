"""Subwords, n-grams and buckets: the stage and the served layer split texts alike."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedding_bench.artifacts import tokens
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tensorflow import keras, tf
from embedding_bench.tokens.subwords import learn_subwords
from embedding_bench.tokens.transformations import Ngrams
from embedding_bench.tokens.vectorizers import Splitter, text_vectorization
from stages.vectorize import vectorize

VECTORIZERS = {
    "bigrams": Vectorizer(kind="words", ngrams=2),
    "trigrams of characters": Vectorizer(kind="characters", ngrams=3),
    "subwords": Vectorizer(kind="subwords", pieces=40),
    "pairs of subwords": Vectorizer(kind="subwords", pieces=40, ngrams=2),
    "hashed": Vectorizer(kind="words", buckets=5),
    "hashed bigrams": Vectorizer(kind="words", ngrams=2, buckets=7),
}
SPLITS = {
    "train": [("The cat sat, the cat ran.", 0), ("", 1), ("caf\u00e9 \U0001f642 cats", 1)],
    "validation": [("the dog", 0)],
    "test": [("sat", 0), ("? unheard-of \u65e5", 1)],
    "unlabeled": [("cats and dogs sat", -1)],
}


@pytest.fixture(autouse=True)
def timings(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))


@pytest.fixture(params=VECTORIZERS)
def run(request, write_corpus, tmp_path):
    vectorizer = VECTORIZERS[request.param]
    vectorize("one", vectorizer, write_corpus(**SPLITS), tmp_path / "tokens")
    return vectorizer, tmp_path / "tokens"


def decode(folder, split: str) -> list[list[str]]:
    names = tokens.read_lexicon(folder)["token"].to_pylist()
    ids, offsets = tokens.read_split(folder, split)
    return [[names[token] for token in ids[a:b]] for a, b in pairwise(offsets)]


def test_the_layer_splits_as_the_stage_does(run):
    vectorizer, folder = run
    split = Splitter(vectorizer, tokens.read_subwords(folder))
    for name, rows in SPLITS.items():
        tokens_by_text = split(tf.constant([text for text, _ in rows])).to_list()
        assert [[token.decode() for token in row] for row in tokens_by_text] == decode(folder, name)


def test_a_saved_layer_gives_the_same_ids(run, tmp_path):
    vectorizer, folder = run
    names = tokens.read_lexicon(folder)["token"].to_pylist()
    layer = text_vectorization(vectorizer, [n for n in names if n != "[UNK]"], tokens.read_subwords(folder))
    model = keras.Sequential([keras.Input((), dtype="string"), layer])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    texts = tf.constant(["the cat \u65e5", "", "dogs"])
    assert again(texts).to_list() == model(texts).to_list()


def test_the_same_texts_give_the_same_bytes(run, write_corpus, tmp_path):
    vectorizer, folder = run
    vectorize("one", vectorizer, tmp_path / "corpus", tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_bigrams_follow_the_words_of_their_text(write_corpus, tmp_path):
    vectorize("one", VECTORIZERS["bigrams"], write_corpus(**SPLITS), tmp_path / "tokens")
    assert decode(tmp_path / "tokens", "validation") == [["the", "dog", "the dog"]]
    assert decode(tmp_path / "tokens", "test")[0] == ["sat"]
    assert dict(zip(*tokens.read_lexicon(tmp_path / "tokens").select(["token", "count"]), strict=False))


def test_there_are_no_more_tokens_than_buckets(write_corpus, tmp_path):
    vectorize("one", VECTORIZERS["hashed"], write_corpus(**SPLITS), tmp_path / "tokens")
    names = set(tokens.read_lexicon(tmp_path / "tokens")["token"].to_pylist())
    assert names <= {f"#{bucket}" for bucket in range(5)}


def test_frequent_words_stay_whole_and_rare_ones_are_split():
    words = [b"the", b"walking", b"walked", b"talking", b"talked", b"balked"]
    subwords = learn_subwords(words, np.asarray([5000, 50, 50, 50, 50, 1]), 40)
    pieces, sizes = subwords.split([b"the", b"balking", b"\xf0\x9f\x99\x82"])
    assert [size > 1 for size in sizes] == [False, True, False]
    assert pieces[0] == b"the"
    assert pieces[-1] == b"[UNK]"
    assert b"".join(piece.removeprefix(b"##") for piece in pieces[1:-1]) == b"balking"


def test_subwords_learned_twice_are_the_same():
    words = [f"w{number % 97}x{number % 89}".encode() for number in range(4000)]
    counts = np.arange(4000) % 50 + 1
    assert len({learn_subwords(words, counts, 300).text for _ in range(3)}) == 1


@given(st.lists(st.lists(st.integers(0, 3), max_size=6), min_size=1, max_size=8), st.integers(1, 4))
def test_ngrams_match_a_plain_loop(texts, longest):
    names = [b"a", b"b", b"c", b"d"]
    change = Ngrams(names, longest)
    flat = np.asarray([token for text in texts for token in text], np.int32)
    ids, lengths = change(flat, np.asarray([len(text) for text in texts], np.int64))
    ends = np.cumsum(lengths)
    ngrams = [
        [change.tokens[token] for token in ids[end - size : end]] for size, end in zip(lengths, ends, strict=True)
    ]
    assert ngrams == [
        [
            b" ".join(names[token] for token in text[start : start + size])
            for size in range(1, longest + 1)
            for start in range(len(text) - size + 1)
        ]
        for text in texts
    ]
