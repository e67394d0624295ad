"""However a corpus is divided, and in whichever order its blocks are encoded, the tokens have the same bytes."""

import pyarrow as pa
import pytest

from embedding_bench.artifacts import corpus
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tokens import encode_corpus as encoding
from stages.vectorize import vectorize

KINDS = {
    "words": Vectorizer(kind="words"),
    "bigrams": Vectorizer(kind="words", ngrams=2),
    "subwords": Vectorizer(kind="subwords", pieces=60),
    "characters": Vectorizer(kind="characters"),
    "hashed": Vectorizer(kind="words", buckets=16),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A corpus of several row groups, one of them without texts."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    out = tmp_path / "corpus"
    out.mkdir()
    for split, groups in (("train", 7), ("validation", 2), ("test", 1)):
        texts = [[f"w{(n * k) % 11} new{k} {split}, w{n}" for n in range(5)] if k != 2 else [] for k in range(groups)]
        columns = [[pa.array(group, pa.string()), pa.array([0] * len(group), pa.int32())] for group in texts]
        batches = [pa.record_batch(pair, schema=corpus.SCHEMA) for pair in columns]
        corpus.write_split(out, split, batches, corpus.SCHEMA)
    return out


def in_reverse(tasks):
    """Run tasks in reverse order, as other workers may."""
    results = [task.run() for task in reversed(list(tasks))]
    return reversed(results)


def content(path):
    return {file.name: file.read_bytes() for file in path.iterdir()}


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_in_any_order_give_the_bytes_of_one(kind, folder, tmp_path, monkeypatch):
    vectorize("one", KINDS[kind], folder, tmp_path / "one")
    monkeypatch.setattr(encoding, "BLOCK_BYTES", 1)
    monkeypatch.setattr(encoding, "execute", in_reverse)
    vectorize("many", KINDS[kind], folder, tmp_path / "many")
    assert content(tmp_path / "one") == content(tmp_path / "many")


def test_blocks_have_all_row_groups_once(folder):
    assert list(corpus.blocks(folder, "train", 1)) == [[k] for k in range(7)]
    assert list(corpus.blocks(folder, "train", 10**6)) == [list(range(7))]
    some = list(corpus.blocks(folder, "train", 250))
    assert [group for block in some for group in block] == list(range(7))
    assert 1 < len(some) < 7
