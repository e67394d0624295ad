import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import embedding, tokens, vectors
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.settings.vectors import GensimVectors
from embedding_bench.settings.vocabulary import VocabularySettings
from embedding_bench.vectors.coverage import measure_coverage
from embedding_bench.vectors.matrix import build_embedding
from stages.embed import embed

# token, count, train, validation, test: by descending count, as `vectorize` writes it
LEXICON = [
    ("the", 6, 6, 1, 2),
    ("paris", 4, 4, 0, 1),
    ("nato", 3, 3, 1, 0),
    ("cat", 2, 2, 0, 1),
    ("rare", 1, 1, 0, 0),
    ("unseen", 0, 0, 2, 4),
]
SPLITS = ["train", "validation", "test"]
WORDS = ["the", "Paris", "NATO", "cat", "unseen", "elsewhere"]


def lexicon(rows: list[tuple] = LEXICON) -> pa.Table:
    return pa.table(dict(zip(["token", "count", *SPLITS], map(list, zip(*rows, strict=True)), strict=True)))


def word_vectors(words: list[str] = WORDS) -> WordVectors:
    return WordVectors(pa.array(words, pa.string()), np.arange(len(words) * 2, dtype=np.float32).reshape(-1, 2))


def source(**changed: object) -> GensimVectors:
    return GensimVectors(source="gensim", name="x", missing={"policy": "normal", "sd": 0.3}, **changed)


def build(
    size: int = 100, min_count: int = 1, rows: list = LEXICON, words: list = WORDS, **changed: object
) -> Embedding:
    return build_embedding(
        lexicon(rows), source(**changed), word_vectors(words), VocabularySettings(size=size, min_count=min_count)
    )


def column(built: Embedding, name: str) -> list:
    return built.vocabulary[name].to_pylist()


@pytest.mark.parametrize(
    ("limits", "chosen"),
    [
        ({}, ["the", "paris", "nato", "cat", "rare"]),
        ({"min_count": 2}, ["the", "paris", "nato", "cat"]),
        ({"size": 3}, ["the", "paris", "nato"]),
        ({"size": 1, "min_count": 6}, ["the"]),
    ],
)
def test_the_vocabulary_is_the_most_frequent_tokens_of_the_corpus(limits, chosen):
    built = build(**limits)
    assert column(built, "token") == ["", "[UNK]", *chosen]
    assert column(built, "count") == [0, 0, *(count for token, count, *_ in LEXICON if token in chosen)]
    assert built.shape == (len(chosen) + 2, 2)


def test_tokens_outside_the_vocabulary_are_row_1():
    np.testing.assert_array_equal(build(size=3).remap, [2, 3, 4, 1, 1, 1])
    assert build().remap.dtype == np.int32


def test_matched_rows_hold_the_vectors_of_their_words():
    built = build()
    assert column(built, "match") == ["missing", "missing", "exact", "missing", "missing", "exact", "missing"]
    np.testing.assert_array_equal(built.rows, [2, 5])
    np.testing.assert_array_equal(built.vectors, word_vectors().vectors[[0, 3]])
    assert (built.rows.dtype, built.vectors.dtype) == (np.int32, np.float32)
    assert built.missing == {"policy": "normal", "sd": 0.3}


@pytest.mark.parametrize(
    ("fallbacks", "match"),
    [
        ([], ["exact", "missing", "missing", "exact", "missing"]),
        (["title"], ["exact", "title", "missing", "exact", "missing"]),
        (["upper"], ["exact", "missing", "upper", "exact", "missing"]),
        (["upper", "title"], ["exact", "title", "upper", "exact", "missing"]),
    ],
)
def test_fallbacks_find_words_in_another_case(fallbacks, match):
    assert column(build(fallbacks=fallbacks), "match")[2:] == match


@pytest.mark.parametrize(("fallbacks", "position"), [(["title", "upper"], 0), (["upper", "title"], 1)])
def test_fallbacks_are_tried_in_their_order_and_after_the_exact_word(fallbacks, position):
    words = ["Paris", "PARIS", "the", "The", "THE"]
    built = build(words=words, fallbacks=fallbacks)
    np.testing.assert_array_equal(built.rows, [2, 3])
    np.testing.assert_array_equal(built.vectors, word_vectors(words).vectors[[2, position]])


def test_the_first_vector_of_a_repeated_word_counts():
    built = build(words=["x", "the", "the"])
    np.testing.assert_array_equal(built.vectors, word_vectors(["x", "the", "the"]).vectors[[1]])


def test_own_vocabulary_is_the_words_of_the_vectors_in_their_order():
    built = build(vocabulary="own", size=1, min_count=5)
    assert column(built, "token") == ["", "[UNK]", *WORDS]
    assert column(built, "count") == [0, 0, 6, 0, 0, 2, 0, 0]
    np.testing.assert_array_equal(built.rows, range(2, 8))
    np.testing.assert_array_equal(built.vectors, word_vectors().vectors)
    np.testing.assert_array_equal(built.remap, [2, 1, 1, 5, 1, 6])


def test_own_vocabulary_with_fallbacks_maps_tokens_to_words_in_another_case():
    built = build(vocabulary="own", fallbacks=["title", "upper"])
    np.testing.assert_array_equal(built.remap, [2, 3, 4, 5, 1, 6])


def test_tokens_matched_in_another_case_are_aliases_in_the_corpus_and_in_future_texts():
    built = build(vocabulary="own", words=["Paris", "the", "NASA", "The", "Lyon"], fallbacks=["title", "upper"])
    aliases = dict(zip(built.aliases["token"].to_pylist(), built.aliases["row"].to_pylist(), strict=True))
    assert aliases["lyon"] == 6  # in no text of the corpus
    assert aliases["nasa"] == 4
    assert aliases["paris"] == 2
    assert "the" not in aliases
    assert build(fallbacks=["title"]).aliases.num_rows == 0  # a vocabulary of the corpus has rows for its tokens


def test_own_vocabulary_keeps_the_first_position_of_a_repeated_word():
    built = build(vocabulary="own", words=["a", "the", "a", "cat"])
    assert column(built, "token") == ["", "[UNK]", "a", "the", "cat"]
    np.testing.assert_array_equal(built.vectors, word_vectors(["a", "the", "a", "cat"]).vectors[[0, 1, 3]])


def test_vectors_without_words_leave_every_row_missing():
    built = build(words=[])
    assert set(column(built, "match")) == {"missing"}
    assert (built.rows.shape, built.vectors.shape, built.shape) == ((0,), (0, 2), (7, 2))


@pytest.mark.parametrize(
    "arguments",
    [{"min_count": 99}, {"rows": [("unseen", 0, 0, 1, 1)]}, {"vocabulary": "own", "words": []}],
)
def test_an_empty_vocabulary_is_refused(arguments):
    with pytest.raises(UserError, match=r"vocabulary: no|`vocabulary: own` found no word"):
        build(**arguments)


HOSTILE = [("the", 6, 6, 1, 2), ("", 5, 5, 1, 1), ("[UNK]", 4, 4, 1, 1), ("cat", 2, 2, 0, 1)]


@pytest.mark.parametrize("vocabulary", ["corpus", "own"])
def test_no_token_and_no_word_takes_the_rows_of_padding_and_unknown(vocabulary):
    built = build(rows=HOSTILE, words=["", "[UNK]", "cat"], vocabulary=vocabulary)
    assert column(built, "token")[:2] == ["", "[UNK]"]
    assert column(built, "count")[:2] == [0, 0]
    assert column(built, "match")[:2] == ["missing", "missing"]
    assert built.remap.min() >= 1
    assert built.rows.min() >= 2
    cat = column(built, "token").index("cat")
    assert built.remap[3] == cat
    np.testing.assert_array_equal(built.vectors[built.rows == cat], word_vectors(["", "[UNK]", "cat"]).vectors[[2]])


@pytest.mark.parametrize("vocabulary", ["corpus", "own"])
def test_the_vocabulary_has_each_token_once(vocabulary):
    """The layer of the exported model refuses a vocabulary that names a token twice."""
    names = column(build(rows=HOSTILE, words=["", "cat", "[UNK]", "cat"], vocabulary=vocabulary), "token")
    assert len(names) == len(set(names))


COMPOSED = WordVectors(
    pa.array(["the", "Paris", "paris", "rare", "unseen"]), np.arange(10, dtype=np.float32).reshape(5, 2), composed=3
)
ANY = VocabularySettings(size=100, min_count=1)


def test_composed_words_have_their_own_match_and_come_after_fallbacks():
    built = build_embedding(lexicon(), source(), COMPOSED, ANY)
    assert column(built, "match")[2:] == ["exact", "ngrams", "missing", "missing", "ngrams"]
    np.testing.assert_array_equal(built.vectors, COMPOSED.vectors[[0, 2, 3]])
    built = build_embedding(lexicon(), source(fallbacks=["title"]), COMPOSED, ANY)
    assert column(built, "match")[2:] == ["exact", "title", "missing", "missing", "ngrams"]
    np.testing.assert_array_equal(built.vectors, COMPOSED.vectors[[0, 1, 3]])


@pytest.mark.parametrize(
    ("fallbacks", "chosen", "remap"),
    [
        ([], ["the", "Paris", "paris", "rare"], [2, 4, 1, 1, 5, 1]),
        (["title"], ["the", "Paris", "rare"], [2, 3, 1, 1, 4, 1]),
    ],
)
def test_own_vocabulary_takes_composed_words_of_train_and_unlabeled_only(fallbacks, chosen, remap):
    """Rows for words of the test split alone would flatter the test."""
    built = build_embedding(lexicon(), source(vocabulary="own", fallbacks=fallbacks), COMPOSED, ANY)
    assert column(built, "token")[2:] == chosen
    np.testing.assert_array_equal(built.remap, remap)


@pytest.mark.parametrize("vocabulary", ["corpus", "own"])
def test_coverage_reports_composed_words_separately(vocabulary):
    built = build_embedding(lexicon(), source(vocabulary=vocabulary, fallbacks=["title"]), COMPOSED, ANY)
    coverage = measure_coverage(lexicon(), SPLITS, built)["splits"]["train"]["tokens"]
    assert coverage["by_match"] == {"exact": 0.375, "ngrams": 0.0625, "title": 0.25}


def test_float16_vectors_become_float32_rows():
    half = word_vectors()._replace(vectors=word_vectors().vectors.astype(np.float16))
    built = build_embedding(lexicon(), source(vocabulary="own"), half, ANY)
    assert built.vectors.dtype == np.float32
    np.testing.assert_array_equal(built.vectors, word_vectors().vectors)


def test_coverage_by_type_and_by_token_for_each_split():
    coverage = measure_coverage(lexicon(), SPLITS, build(min_count=2, fallbacks=["title"]))["splits"]
    assert coverage["train"]["types"] == {
        "total": 5, "in_vocabulary": 0.8, "found": 0.6, "by_match": {"exact": 0.4, "title": 0.2},
    }  # fmt: skip
    assert coverage["train"]["tokens"] == {
        "total": 16, "in_vocabulary": 0.9375, "found": 0.75, "by_match": {"exact": 0.5, "title": 0.25},
    }  # fmt: skip
    assert coverage["validation"]["tokens"] == {
        "total": 4, "in_vocabulary": 0.5, "found": 0.25, "by_match": {"exact": 0.25, "title": 0},
    }  # fmt: skip
    assert coverage["test"]["types"] == {
        "total": 4, "in_vocabulary": 0.75, "found": 0.75, "by_match": {"exact": 0.5, "title": 0.25},
    }  # fmt: skip


def test_coverage_of_own_vocabulary_names_the_fallback():
    built = build(vocabulary="own", fallbacks=["title", "upper"])
    coverage = measure_coverage(lexicon(), SPLITS, built)["splits"]["train"]["types"]
    assert coverage["found"] == 0.8
    assert coverage["by_match"] == {"exact": 0.4, "title": 0.2, "upper": 0.2}


def test_missing_words_are_listed_the_most_frequent_first():
    missing = measure_coverage(lexicon(), SPLITS, build(fallbacks=["title"]))["missing_words"]
    assert missing == [{"token": "nato", "count": 3}, {"token": "rare", "count": 1}, {"token": "unseen", "count": 0}]


def test_a_split_without_tokens_has_no_coverage_and_no_error():
    rows = [(*row[:4], 0) for row in LEXICON]
    coverage = measure_coverage(lexicon(rows), SPLITS, build(rows=rows))["splits"]["test"]["tokens"]
    assert (coverage["total"], coverage["found"]) == (0, 0)


def test_the_stage_writes_the_same_bytes_and_reports_the_coverage(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    for folder in ("tokens", "vectors"):
        (tmp_path / folder).mkdir()
    nothing = Encoded(np.zeros(0, np.int32), np.zeros(1, np.int64))
    tokens.write(tmp_path / "tokens", lexicon(), dict.fromkeys(SPLITS, nothing), {})
    vectors.write(tmp_path / "vectors", [word_vectors()], 2, {"source": "gensim"})
    written = []
    for name in ("one", "two"):
        limits = VocabularySettings(size=100, min_count=1)
        embed(f"embed@{name}", source(), limits, tmp_path / "tokens", tmp_path / "vectors", tmp_path / "data" / name)
        written.append({path.name: path.read_bytes() for path in (tmp_path / "data" / name).iterdir()})
    assert written[0] == written[1]
    assert embedding.read(tmp_path / "data/one").vocabulary.equals(build().vocabulary)
    assert "7 rows x 2, 2 from vectors; 37.5% of test tokens have a vector, 50.0% have a row" in capsys.readouterr().out
