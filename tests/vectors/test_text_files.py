from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import vectors
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import write_json
from embedding_bench.settings.vectors import FastTextVectors, PPMIVectors, Word2VecVectors
from embedding_bench.vectors.open_source import open_source
from embedding_bench.vectors.trained import own_texts
from embedding_bench.vectors.trained.own_texts import encode_files, read_lines
from stages.vectors import make_vectors


class Spaces:
    """Cuts at spaces, as a tokenizer without TensorFlow."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}

    def encode(self, texts):
        for batch in texts:
            cut = [text.encode().split() for text in batch.to_pylist()]
            ids = [self.numbers.setdefault(token, len(self.numbers)) for text in cut for token in text]
            yield np.asarray(ids, np.int32), np.asarray([len(text) for text in cut], np.int64)


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("lines", [1, 2, 1000])
def test_each_line_of_each_file_is_a_text(tmp_path, monkeypatch, lines):
    monkeypatch.setattr(own_texts, "BATCH_LINES", lines)
    one = write(tmp_path / "one.txt", "\ufeffa b\r\n\nb \u6771\u4eac".encode())
    two = write(tmp_path / "two.txt", b"c a\n")
    names, (ids, offsets) = encode_files([one, two], Spaces())
    assert names == ["a", "b", "\u6771\u4eac", "c"]
    np.testing.assert_array_equal(ids, [0, 1, 1, 2, 3, 0])
    np.testing.assert_array_equal(offsets, [0, 2, 2, 4, 6])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nowhere.txt", None, r"nowhere\.txt: no such file; `texts` expects UTF-8 files"),
        (".", None, r"is a folder; `texts` expects"),
        ("empty.txt", b"", r"empty\.txt: is empty"),
        ("blank.txt", b"\n  \n", r"blank\.txt: is empty"),
        ("latin.txt", b"good\ncaf\xe9\n", r"latin\.txt: line 2: byte 0xe9 is not UTF-8; convert"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        write(path, content)
    good = write(tmp_path / "good.txt", b"a b\n")
    with pytest.raises(UserError, match=message) as caught:
        list(read_lines([good, path]))
    assert "\n" not in str(caught.value)


def test_all_files_are_looked_for_before_the_first_is_read(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        next(read_lines([write(tmp_path / "good.txt", b"a\n"), tmp_path / "nowhere.txt"]))


COMMON = {"dimensions": 2, "window": 2, "min_count": 2, "seed": 1, "missing": {"policy": "zeros"}}
PREDICTED = COMMON | {"algorithm": "skipgram", "negative": 2, "epochs": 1, "sample": 0.001}
SOURCES = [
    Word2VecVectors(source="word2vec", texts=["own.txt"], **PREDICTED),
    FastTextVectors(source="fasttext", texts=["own.txt"], buckets=50, **PREDICTED),
    PPMIVectors(source="ppmi", texts=["own.txt"], **COMMON),
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.source)
def test_vectors_are_trained_on_the_files_and_not_on_the_corpus(token_folder, monkeypatch, source):
    monkeypatch.chdir(token_folder.parent)
    monkeypatch.setattr("embedding_bench.tokens.batches.Tokenizer", lambda kind: Spaces())
    write_json(token_folder / "tokens.json", {"vectorizer": {"kind": "words"}})
    write(Path("own.txt"), b"cat meows loud\nmeows cat\nloud meows\ncat loud now\n")
    make_vectors("vectors@x", source, token_folder, Path("data/x"))
    found = vectors.read(Path("data/x"))
    assert sorted(found.words.to_pylist()[: found.known]) == ["cat", "loud", "meows"]
    assert ("rare" in found.words.to_pylist()[found.known :]) == (source.source == "fasttext")
    assert "texts" not in vectors.read_origin(Path("data/x"))  # a path
    monkeypatch.setattr("embedding_bench.vectors.open_source.encode_files", lambda *_: pytest.fail("not needed"))
    make_vectors("vectors@x", source.model_copy(update={"texts": []}), token_folder, Path("data/x"))
    assert "dog" in vectors.read(Path("data/x")).words.to_pylist()


@pytest.mark.heavy
def test_files_are_cut_as_the_corpus_was(token_folder):
    write_json(token_folder / "tokens.json", {"vectorizer": {"kind": "words"}})
    text = "It's GOOD, \u00c9T\u00c9! Good \u00e9t\u00e9; good"
    path = write(token_folder / "own.txt", f"{text}\n".encode())
    source = Word2VecVectors(source="word2vec", texts=[str(path)], **PREDICTED | {"min_count": 1})
    ((words, *_),) = open_source(source, token_folder).blocks
    from embedding_bench.tokens.batches import Tokenizer

    tokenizer = Tokenizer("words")
    ((ids, _),) = tokenizer.encode([pa.array([text])])
    counts = Counter(list(tokenizer.numbers)[number].decode() for number in ids)
    assert sorted(words.to_pylist()) == sorted(counts)
    assert words.to_pylist()[:2] == [word for word, _ in counts.most_common(2)] == ["good", "\u00e9t\u00e9"]
