import gzip
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gensim.models import FastText
from gensim.models.fasttext import load_facebook_vectors, save_facebook_model
from ruamel.yaml import YAML

from embedding_bench.artifacts import embedding, tokens, vectors
from embedding_bench.core.errors import UserError
from embedding_bench.settings.vectors import FastTextVectors, FileVectors
from embedding_bench.settings.vocabulary import VocabularySettings
from embedding_bench.vectors.formats.dispatch import open_vectors
from embedding_bench.vectors.ngrams import Ngrams, compose
from embedding_bench.vectors.trained.fasttext import train_fasttext
from stages.embed import embed
from stages.vectors import make_vectors
from tests.conftest import ROOT
from tests.vectors.conftest import PREDICTIVE, content, encode


def settings(**changed: object) -> FastTextVectors:
    return FastTextVectors(source="fasttext", **(PREDICTIVE | {"min_count": 5, "buckets": 500} | changed))


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


@pytest.mark.parametrize(
    "changed", [{"algorithm": "cbow"}, {"seed": 2}, {"negative": 0}, {"characters": [2, 3]}, {"buckets": 100}]
)
def test_every_setting_changes_the_vectors(token_folder, changed):
    first, second = (
        vectors.read(run(token_folder, name, **values)) for name, values in (("one", {}), ("two", changed))
    )
    assert (np.asarray(first.vectors[: first.known]) != np.asarray(second.vectors[: second.known])).any()


@pytest.mark.heavy
def test_another_process_with_another_hash_seed_gives_the_same_bytes(token_folder, tmp_path):
    yaml = YAML(typ="safe", pure=True)
    params = yaml.load((ROOT / "params.yaml").read_text())
    params["vectors"]["fasttext"] = settings().model_dump(exclude={"vocabulary", "fallbacks"})
    yaml.dump(params, tmp_path / "params.yaml")
    expected = content(run(token_folder, "here"))
    subprocess.run(
        [sys.executable, "-m", "stages.vectors", "--vectors", "fasttext", "--tokens", "tokens", "--out", "o/there"],
        cwd=tmp_path, env=os.environ | {"PYTHONHASHSEED": "1234", "PYTHONPATH": str(ROOT)}, check=True, timeout=60,
    )  # fmt: skip
    assert content(tmp_path / "o/there") == expected


def test_every_token_with_ngrams_has_a_vector_the_trained_ones_first(token_folder):
    trained = vectors.read(run(token_folder, "one"))
    words = trained.words.to_pylist()
    assert set(words) == set(tokens.read_lexicon(token_folder)["token"].to_pylist())
    assert {"cat", "dog"} <= set(words[: trained.known])
    assert {"rare", "held", "out"} <= set(words[trained.known :])
    assert np.isfinite(trained.vectors).all()
    assert (np.abs(trained.vectors).max(axis=1) > 0).all()


def test_composed_vectors_match_gensim():
    names = ["cat", "cats", "dog"]
    texts = encode(["cat dog"] * 20, names)
    blocks = list(train_fasttext(names, [texts], settings(), names))
    model = FastText(
        [["cat", "dog"]] * 20, vector_size=8, sg=1, window=2, negative=3, epochs=3, min_count=5, sample=0.001, seed=1,
        workers=1, bucket=500,
    )  # fmt: skip
    assert [(block.words.to_pylist(), block.known) for block in blocks] == [(model.wv.index_to_key, 2), (["cats"], 0)]
    np.testing.assert_allclose(blocks[1].vectors[0], model.wv["cats"], atol=1e-7)


def test_tokens_without_ngrams_are_left_out():
    ngrams = Ngrams(np.ones((10, 2), np.float32), 4, 6)
    assert [block.words.to_pylist() for block in compose(["a", "ab", "", "c"], ngrams)] == [["ab"]]
    assert list(compose(["a", "word"], Ngrams(np.ones((0, 2), np.float32), 3, 6))) == []


def test_coverage_reports_the_share_of_composed_words(token_folder, tmp_path):
    source, out = settings(), tmp_path / "data/embedding"
    folder = run(token_folder, "vectors")
    embed("embed@x", source, VocabularySettings(size=100, min_count=1), token_folder, folder, out)
    by_match = embedding.read_coverage(out)["splits"]["unlabeled"]["types"]["by_match"]
    assert set(by_match) == {"exact", "ngrams"}
    assert embedding.read(out).vocabulary.to_pylist()[-1]["match"] == "ngrams"


# --- models of fastText itself ------------------------------------------------------------------------------------

LEXICON = ["cat", "cats", "doggy", "neu"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of five words in fastText's binary format."""
    path = tmp_path_factory.mktemp("model") / "tiny.bin"
    texts = [["cat", "purrs", "\u6771\u4eac"], ["dog", "barks"], ["cat"]] * 4
    save_facebook_model(FastText(texts, vector_size=6, min_count=1, epochs=2, bucket=40, seed=1, workers=1), str(path))
    return path


@pytest.mark.parametrize("file_format", ["auto", "fasttext-binary"])
def test_a_fasttext_model_is_read_as_gensim_reads_it_and_composes_unknown_tokens(model, file_format):
    expected = load_facebook_vectors(str(model))
    opened = open_vectors(model, file_format, tokens=lambda: LEXICON)
    known, composed = opened.blocks
    assert opened.dimensions == 6
    assert known.words.to_pylist() == expected.index_to_key
    assert (composed.words.to_pylist(), composed.known) == (["cats", "doggy", "neu"], 0)
    for block in (known, composed):
        for word, vector in zip(block.words.to_pylist(), block.vectors, strict=True):
            np.testing.assert_allclose(vector, expected[word], atol=1e-6)


def test_a_limit_keeps_the_first_words_of_a_fasttext_model(model):
    known, composed = open_vectors(model, limit=1, tokens=lambda: LEXICON).blocks
    assert known.words.to_pylist() == ["cat"]
    assert composed.words.to_pylist() == ["cats", "doggy", "neu"]


def test_the_stage_composes_the_tokens_of_the_corpus(model, token_folder, tmp_path):
    source = FileVectors(source="file", path=str(model), half=True, missing={"policy": "zeros"})
    make_vectors("vectors@x", source, token_folder, tmp_path / "data/x")
    written = vectors.read(tmp_path / "data/x")
    assert written.words.to_pylist()[: written.known] == ["cat", "barks", "dog", "\u6771\u4eac", "purrs"]
    assert "bone" in written.words.to_pylist()[written.known :]
    assert written.vectors.dtype == np.float16


def patched(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + struct.pack("<i", value) + data[at + 4 :]


DAMAGES = {
    "cut in the header": lambda data: data[:30],
    "cut in the words": lambda data: data[:115],
    "cut in the matrix": lambda data: data[:400],
    "other dimensions": lambda data: patched(data, 8, 7),
    "other buckets": lambda data: patched(data, 8 + 4 * 8, 7),
    "many entries": lambda data: patched(data, 64, 2**30),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_model_is_refused_in_one_line(model, tmp_path, name):
    path = tmp_path / "damaged.bin"
    path.write_bytes(DAMAGES[name](model.read_bytes()))
    with pytest.raises(UserError, match=r"damaged\.bin: ends early or is damaged; fetch the fastText model again"):
        list(open_vectors(path).blocks)


def test_a_classifier_is_refused(model, tmp_path):
    (tmp_path / "labels.bin").write_bytes(patched(model.read_bytes(), 72, 4))
    with pytest.raises(UserError, match="is a classifier with 4 labels"):
        open_vectors(tmp_path / "labels.bin")


def test_a_compressed_model_is_refused(model, tmp_path):
    (tmp_path / "x.bin.gz").write_bytes(gzip.compress(model.read_bytes()))
    with pytest.raises(UserError, match=r"is compressed.*gunzip"):
        open_vectors(tmp_path / "x.bin.gz")


def test_a_text_file_is_not_a_fasttext_model(tmp_path):
    (tmp_path / "x.txt").write_text("a 1 2\n")
    with pytest.raises(UserError, match=r"x\.txt: is not a fastText model"):
        open_vectors(tmp_path / "x.txt", "fasttext-binary")
