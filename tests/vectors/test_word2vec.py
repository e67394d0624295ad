import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from embedding_bench.artifacts import tokens, vectors
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.errors import UserError
from embedding_bench.settings.vectors import Word2VecVectors
from embedding_bench.vectors.trained.drawing import draw_texts
from embedding_bench.vectors.trained.word2vec import Sentences, train_word2vec
from stages.vectors import make_vectors
from tests.conftest import ROOT
from tests.vectors.conftest import PREDICTIVE, content, encode

NAMES = [*(f"a{n}" for n in range(40)), "b"]


def decode(split: Encoded) -> list[str]:
    return [" ".join(NAMES[token] for token in split.ids[a:b]) for a, b in pairwise(split.offsets.tolist())]


def settings(**changed: object) -> Word2VecVectors:
    return Word2VecVectors(source="word2vec", **(PREDICTIVE | changed))


def run(token_folder: Path, name: str, **changed: object) -> Path:
    out = token_folder.parent / "data" / name
    make_vectors(f"vectors@{name}", settings(**changed), token_folder, out)
    return out


@pytest.mark.parametrize("negative", [3, 0])
@pytest.mark.parametrize("algorithm", ["skipgram", "cbow"])
def test_the_same_settings_give_the_same_bytes(token_folder, algorithm, negative):
    changed = {"algorithm": algorithm, "negative": negative}
    first, second = (content(run(token_folder, name, **changed)) for name in ("one", "two"))
    assert first == second
    assert set(first) == {"words.parquet", "vectors.npy", "vectors.json"}


def test_a_sample_of_texts_is_drawn_from_all_splits_in_their_order():
    splits = [encode([f"a{n} b" for n in range(start, end)], NAMES) for start, end in ((0, 30), (30, 40))]
    drawn = [text for split in draw_texts(splits, 12, seed=1) for text in decode(split)]
    assert len(drawn) == len(set(drawn)) == 12
    assert drawn == sorted(drawn, key=lambda text: int(text.split()[0][1:]))
    assert {text for split in draw_texts(splits, 12, seed=2) for text in decode(split)} != set(drawn)
    assert draw_texts(splits, 40, seed=1) is draw_texts(splits, None, seed=1) is splits


def test_a_sample_trains_other_vectors(token_folder):
    words = vectors.read(run(token_folder, "few", max_texts=2, min_count=1)).words
    assert 0 < len(words) < len(vectors.read(run(token_folder, "all", min_count=1)).words)


@pytest.mark.parametrize("changed", [{"algorithm": "cbow"}, {"seed": 2}, {"epochs": 4}, {"window": 1}, {"negative": 0}])
def test_every_setting_changes_the_vectors(token_folder, changed):
    first, second = (
        vectors.read(run(token_folder, name, **values)) for name, values in (("one", {}), ("two", changed))
    )
    assert first.words.to_pylist() == second.words.to_pylist()
    assert (np.asarray(first.vectors) != np.asarray(second.vectors)).any()


@pytest.mark.heavy
def test_another_process_with_another_hash_seed_gives_the_same_bytes(token_folder, tmp_path):
    yaml = YAML(typ="safe", pure=True)
    params = yaml.load((ROOT / "params.yaml").read_text())
    params["vectors"]["word2vec"] = settings().model_dump(exclude={"vocabulary", "fallbacks"})
    yaml.dump(params, tmp_path / "params.yaml")
    expected = content(run(token_folder, "here"))
    for seed in ("0", "1234"):
        subprocess.run(
            [sys.executable, "-m", "stages.vectors", "--vectors", "word2vec", "--tokens", "tokens",
             "--out", f"o/{seed}"],
            cwd=tmp_path, env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}, check=True, timeout=60,
        )  # fmt: skip
        assert content(tmp_path / "o" / seed) == expected


@pytest.mark.parametrize("algorithm", ["skipgram", "cbow"])
def test_hierarchical_softmax_gives_other_vectors_than_negative_sampling(algorithm):
    names = ["cat", "dog", "purrs", "barks"]
    texts = [encode(["cat purrs", "dog barks"] * 300, names)]
    changed = {"algorithm": algorithm, "negative": 0, "epochs": 20, "sample": 0.0, "dimensions": 16}
    hierarchical = train_word2vec(names, texts, settings(**changed))
    sampled = train_word2vec(names, texts, settings(**changed | {"negative": 3}))
    assert np.abs(hierarchical.vectors).max() > 0.2  # gensim initialises within 0.5 / 16
    assert (hierarchical.vectors != sampled.vectors).any()


def test_only_train_and_unlabeled_texts_are_trained_on(token_folder):
    words = vectors.read(run(token_folder, "one", min_count=1)).words.to_pylist()
    assert {"and", "rare", "cat", "bone"} <= set(words)
    assert {"held", "out"}.isdisjoint(words)


def test_held_out_texts_do_not_move_the_vectors(token_folder):
    before = content(run(token_folder, "before"))
    names = tokens.read_lexicon(token_folder)["token"].to_pylist()
    for split in ("validation", "test"):
        other = encode(["dog purrs", "milk barks cat"] * 9, names)
        np.save(token_folder / f"{split}.ids.npy", other.ids)
        np.save(token_folder / f"{split}.offsets.npy", other.offsets)
    assert content(run(token_folder, "after")) == before


def test_words_below_the_minimal_count_have_no_vector(token_folder):
    trained = vectors.read(run(token_folder, "one", min_count=5))
    assert "rare" not in trained.words.to_pylist()
    assert trained.vectors.shape == (len(trained.words), 8)
    assert np.isfinite(trained.vectors).all()


def test_a_minimal_count_that_no_token_reaches_is_refused(token_folder):
    with pytest.raises(UserError, match=r"no token occurs 999 times in train \+ unlabeled; lower `min_count`"):
        run(token_folder, "out", min_count=999)
    assert list((token_folder.parent / "data").iterdir()) == []


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_texts_without_tokens_are_refused(texts):
    with pytest.raises(UserError, match="no token occurs 1 times"):
        train_word2vec(["a"], [encode(texts, ["a"])], settings(min_count=1))


def test_sentences_can_be_read_again():
    names = ["a", "b"]
    sentences = Sentences(names, [encode(["a b a", ""], names), encode(["b"], names)])
    assert list(sentences) == list(sentences) == [["a", "b", "a"], [], ["b"]]
