from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from embedding_bench.artifacts import tokens
from embedding_bench.core.files import read_json
from embedding_bench.settings.vectorizers import Vectorizer
from stages.vectorize import vectorize

SPLITS = {
    "train": [("b a b", 0), ("", 1), ("C a, b", 1), ("only-here", 0)],
    "validation": [("a new word", 0)],
    "test": [("b", 0), ("?! ?!", 1)],
    "unlabeled": [("a a c zzz", -1), ("zzz", -1)],
}


@pytest.fixture(autouse=True)
def timings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))


@pytest.fixture
def run(write_corpus, tmp_path):
    """Vectorize rows by split, and return the folder."""

    def vectorized(splits: dict = SPLITS, adapt_texts: int | None = None) -> Path:
        vectorizer = Vectorizer(kind="words", adapt_texts=adapt_texts)
        vectorize("words", vectorizer, write_corpus(**splits), tmp_path / "tokens")
        return tmp_path / "tokens"

    return vectorized


def lexicon(folder: Path, *columns: str) -> list[tuple]:
    table = tokens.read_lexicon(folder)
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


def decode(folder: Path, split: str) -> list[str]:
    names = np.asarray(tokens.read_lexicon(folder)["token"].to_pylist(), dtype=object)
    ids, offsets = tokens.read_split(folder, split)
    assert (ids.dtype, offsets.dtype, offsets[0], offsets[-1]) == (np.int32, np.int64, 0, len(ids))
    return [" ".join(names[ids[a:b]]) for a, b in pairwise(offsets)]


def test_the_lexicon_is_sorted_by_descending_count_then_token(run):
    assert lexicon(run(), "token", "count") == [
        ("a", 4), ("b", 3), ("c", 2), ("zzz", 2), (",", 1), ("-", 1), ("here", 1), ("only", 1),
        ("!", 0), ("?", 0), ("new", 0), ("word", 0),
    ]  # fmt: skip


def test_tokens_are_counted_by_split_and_count_is_train_plus_unlabeled(run):
    folder = run()
    assert tokens.splits(folder) == ["train", "validation", "test", "unlabeled"]
    assert lexicon(folder, "token", "count", *tokens.splits(folder))[:4] == [
        ("a", 4, 2, 1, 0, 2), ("b", 3, 3, 0, 1, 0), ("c", 2, 1, 0, 0, 1), ("zzz", 2, 0, 0, 0, 2),
    ]  # fmt: skip
    for _, count, train, _, _, unlabeled in lexicon(folder, "token", "count", *tokens.splits(folder)):
        assert count == train + unlabeled


def test_without_unlabeled_texts_count_is_train(run):
    folder = run({split: rows for split, rows in SPLITS.items() if split != "unlabeled"})
    assert tokens.splits(folder) == ["train", "validation", "test"]
    assert lexicon(folder, "token", "count")[:3] == [("b", 3), ("a", 2), (",", 1)]


@pytest.mark.parametrize(
    ("texts", "first"),
    [(1, [("b", 2), ("a", 1), ("!", 0)]), (2, [("b", 2), ("a", 1), ("!", 0)]), (99, [("b", 3), ("a", 2), (",", 1)])],
)
def test_adapt_texts_counts_the_first_train_texts_only(run, texts, first):
    assert lexicon(run(adapt_texts=texts), "token", "count")[:3] == first


def test_ids_decode_to_the_tokens_of_each_text(run):
    folder = run()
    assert decode(folder, "train") == ["b a b", "", "c a , b", "only - here"]
    assert decode(folder, "validation") == ["a new word"]
    assert decode(folder, "test") == ["b", "? ! ? !"]
    assert decode(folder, "unlabeled") == ["a a c zzz", "zzz"]


def test_the_summary_counts_texts_tokens_and_unknown_tokens(run):
    assert read_json(run() / "tokens.json") == {
        "vectorizer": {"kind": "words", "pieces": None, "ngrams": 1, "buckets": None, "adapt_texts": None},
        "types": 12,
        "texts": {"train": 4, "validation": 1, "test": 2, "unlabeled": 2},
        "tokens": {"train": 10, "validation": 3, "test": 5, "unlabeled": 5},
        "without_tokens": {"train": 1, "validation": 0, "test": 0, "unlabeled": 0},
        "unknown_rate": {"validation": round(2 / 3, 6), "test": 0.8},
    }


@pytest.mark.parametrize("empty", ["train", "validation", "test", "unlabeled"])
def test_a_split_without_any_token_is_encoded(run, empty):
    folder = run(SPLITS | {empty: [("", 0), (" ", 0)]})
    assert decode(folder, empty) == ["", ""]
    summary = read_json(folder / "tokens.json")
    assert (summary["tokens"][empty], summary["without_tokens"][empty]) == (0, 2)
    assert all(0 <= rate <= 1 for rate in summary["unknown_rate"].values())


def test_a_split_without_any_text_is_encoded(run):
    folder = run(SPLITS | {"unlabeled": []})
    assert decode(folder, "unlabeled") == []


def test_texts_of_several_batches_are_encoded_in_order(run):
    rows = [(f"w{n % 7} w{n}", 0) for n in range(9000)]
    folder = run({"train": rows, "validation": [("w1", 0)], "test": [("w1", 0)]})
    assert decode(folder, "train") == [text for text, _ in rows]


def test_the_same_texts_give_the_same_bytes_and_leave_no_scratch(write_corpus, tmp_path):
    source = write_corpus(**SPLITS)
    outputs = []
    for name in ("one", "two"):
        vectorize("words", Vectorizer(kind="words"), source, tmp_path / "data" / name)
        outputs.append({path.name: path.read_bytes() for path in (tmp_path / "data" / name).iterdir()})
    assert outputs[0] == outputs[1]
    assert set(outputs[0]) == {"lexicon.parquet", "tokens.json"} | {
        f"{split}.{part}.npy" for split in SPLITS for part in ("ids", "offsets")
    }
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["one", "two"]
