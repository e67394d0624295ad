import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.models.batching import (
    Batch,
    Batcher,
    by_length,
    distinct,
    pack,
    prepare,
    shuffled,
    sorted_by_length,
)
from embedding_bench.settings.encoders import PoolingEncoder

TEXTS = st.lists(st.lists(st.integers(0, 4), max_size=6), min_size=1, max_size=20)


def encode(texts: list[list[int]]) -> Encoded:
    ids = np.asarray([i for text in texts for i in text], dtype=np.int32)
    return Encoded(ids, np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64))


@given(TEXTS, st.data())
def test_a_batch_holds_the_texts_that_were_asked_for(texts, data):
    chosen = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8))
    found = Batcher(5).take(encode(texts), np.asarray(chosen, dtype=np.int64))
    assert found.rows[found.positions].tolist() == [i for number in chosen for i in texts[number]]
    assert found.segments.tolist() == [place for place, number in enumerate(chosen) for _ in texts[number]]
    assert found.lengths.tolist() == [len(texts[number]) for number in chosen]
    assert found.rows.tolist() == sorted({0, *found.rows.tolist()})


@given(TEXTS, st.lists(st.integers(0, 19), min_size=1, max_size=4))
def test_packed_batches_come_apart_again(texts, firsts):
    batcher, encoded = Batcher(5), encode(texts)
    batches = [batcher.take(encoded, np.arange(min(first, len(texts)))) for first in firsts]
    packed = pack(batches)
    for batch, begin, end in zip(batches, packed.ends[:-1], packed.ends[1:], strict=True):
        parts = Batch(*(part[a:b] for part, a, b in zip(packed[:4], begin, end, strict=True)))
        assert [part.tolist() for part in parts] == [part.tolist() for part in batch]


@given(TEXTS, st.integers(1, 6))
def test_texts_are_cut_and_looked_up(texts, longest):
    remap = np.asarray([10, 11, 12, 13, 14], dtype=np.int32)
    encoder = PoolingEncoder(kind="mean", max_tokens=longest, batch_size=1, learning_rate=1.0, epochs=1, patience=1)
    found = prepare(encode(texts), remap, encoder)
    parts = [found.ids[a:b].tolist() for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]
    assert parts == [[i + 10 for i in text[:longest]] for text in texts]


@given(TEXTS)
def test_of_equal_tokens_of_a_text_one_is_kept(texts):
    found = distinct(encode(texts))
    parts = [found.ids[a:b].tolist() for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]
    assert parts == [sorted(set(text)) for text in texts]
    assert found.ids.dtype == np.int32


def test_every_text_stands_in_one_batch():
    lengths = np.random.default_rng(0).integers(0, 50, 1003)
    for batches in (
        shuffled(1003, 8, np.random.default_rng(1)),
        by_length(lengths, 8, np.random.default_rng(1)),
        sorted_by_length(lengths, 100),
    ):
        numbers = np.concatenate(list(batches))
        assert sorted(numbers) == list(range(1003))


def test_batches_by_length_pad_little_and_come_in_another_order_each_time():
    lengths = np.random.default_rng(0).integers(1, 100, 4000)
    rng = np.random.default_rng(1)
    first, second = (list(by_length(lengths, 16, rng)) for _ in range(2))
    padded = sum(lengths[batch].max() * len(batch) for batch in first)
    assert padded < 1.1 * lengths.sum()
    assert [batch.tolist() for batch in first] != [batch.tolist() for batch in second]


def test_prediction_batches_hold_their_number_of_tokens():
    lengths = np.random.default_rng(0).integers(0, 300, 2000)
    for batch in sorted_by_length(lengths, 5000):
        assert len(batch) == 1 or lengths[batch].max() * len(batch) <= 5000
