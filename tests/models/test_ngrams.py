import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.models.ngrams import learn_ngrams
from embedding_bench.settings.encoders import Ngrams

VOCABULARY = 5
Texts = list[list[int]]
TEXTS = st.lists(st.lists(st.integers(1, VOCABULARY - 1), max_size=6), max_size=8)


def encode(texts: Texts) -> Encoded:
    ids = [token for text in texts for token in text]
    return Encoded(np.asarray(ids, np.int32), np.cumsum([0, *map(len, texts)]))


def decode(encoded: Encoded) -> Texts:
    return [encoded.ids[a:b].tolist() for a, b in itertools.pairwise(encoded.offsets)]


def settings(longest=2, size=1000, min_count=1) -> Ngrams:
    return Ngrams(longest=longest, size=size, min_count=min_count, learning_rate=0.1)


def ngrams_of(text: list[int], longest: int) -> list[tuple[int, ...]]:
    return [tuple(text[at : at + n]) for n in range(2, longest + 1) for at in range(len(text) - n + 1)]


@given(TEXTS, TEXTS, st.integers(2, 4), st.integers(1, 3))
def test_texts_get_a_row_for_each_ngram_that_train_has_often_enough(train, others, longest, min_count):
    rows = learn_ngrams(encode(train), settings(longest, min_count=min_count), VOCABULARY)
    counts = Counter(ngram for text in train for ngram in ngrams_of(text, longest))
    known = {ngram for ngram, count in counts.items() if count >= min_count}
    assert len(rows.keys) == len(known)
    numbers: dict[tuple[int, ...], int] = {}
    for text, extended in zip(others, decode(rows.extend(encode(others))), strict=True):
        assert extended[: len(text)] == text
        expected = [ngram for ngram in ngrams_of(text, longest) if ngram in known]
        added = extended[len(text) :]
        assert len(added) == len(expected)
        assert all(VOCABULARY <= row < VOCABULARY + len(known) for row in added)
        for ngram, row in zip(expected, added, strict=True):
            assert numbers.setdefault(ngram, row) == row
    assert len(set(numbers.values())) == len(numbers)


def test_no_ngram_reaches_into_the_next_text():
    rows = learn_ngrams(encode([[1, 2], [3, 4]]), settings(), VOCABULARY)
    assert decode(rows.extend(encode([[2, 3], [1], [2], [1, 2]]))) == [[2, 3], [1], [2], [1, 2, *added([1, 2], rows)]]


def added(text: list[int], rows) -> list[int]:
    return decode(rows.extend(encode([text])))[0][len(text) :]


def test_the_most_frequent_ones_are_kept():
    train = encode([[1, 2]] * 3 + [[2, 3]] * 2 + [[3, 4]])
    rows = learn_ngrams(train, settings(size=2), VOCABULARY)
    assert [len(added(text, rows)) for text in ([1, 2], [2, 3], [3, 4])] == [1, 1, 0]


def test_order_counts():
    rows = learn_ngrams(encode([[1, 2], [2, 1]]), settings(), VOCABULARY)
    assert added([1, 2], rows) != added([2, 1], rows)


@pytest.mark.parametrize("texts", [[], [[]], [[1], [2]]])
def test_texts_without_ngrams_stay(texts):
    rows = learn_ngrams(encode([[1, 2]]), settings(), VOCABULARY)
    assert decode(rows.extend(encode(texts))) == texts
    none = learn_ngrams(encode(texts), settings(), VOCABULARY)
    assert decode(none.extend(encode([[1, 2]]))) == [[1, 2]]
