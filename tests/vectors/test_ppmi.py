from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from embedding_bench.artifacts import vectors
from embedding_bench.core.errors import UserError
from embedding_bench.settings.vectors import PPMIVectors
from embedding_bench.vectors.trained import ppmi
from embedding_bench.vectors.trained.ppmi import count_cooccurrences, factorise, positive_pmi, train_ppmi
from stages.vectors import make_vectors
from tests.vectors.conftest import content, encode

NAMES = ["a", "b", "c", "d", "rare", "once"]
TEXTS = [["a b a c", "", "d", "rare a b b c d a", "c c"], ["b d rare c a", "a once"]]
KEPT = ["a", "b", "c", "d"]


def settings(**changed: object) -> PPMIVectors:
    values = {"dimensions": 2, "window": 2, "min_count": 3, "seed": 1, "missing": {"policy": "zeros"}}
    return PPMIVectors(source="ppmi", **(values | changed))


def splits() -> list:
    return [encode(texts, NAMES) for texts in TEXTS]


def brute_counts(window: int) -> np.ndarray:
    counts = np.zeros((len(KEPT), len(KEPT)))
    for text in (text for texts in TEXTS for text in texts):
        words = [word for word in text.split() if word in KEPT]
        for i, word in enumerate(words):
            for j, context in enumerate(words):
                if i != j and abs(i - j) <= window:
                    counts[KEPT.index(word), KEPT.index(context)] += 1
    return counts


def brute_ppmi(counts: np.ndarray, smoothing: float) -> np.ndarray:
    weights = np.zeros_like(counts)
    contexts = counts.sum(axis=0) ** smoothing
    for i, j in zip(*counts.nonzero(), strict=True):
        joint, word = counts[i, j] / counts.sum(), counts[i].sum() / counts.sum()
        weights[i, j] = max(0.0, np.log(joint / (word * contexts[j] / contexts.sum())))
    return weights


@pytest.mark.parametrize("block", [1, 7, 1000])
@pytest.mark.parametrize("window", [1, 2, 3, 50])
def test_cooccurrences_are_counted_within_the_window_and_the_text(monkeypatch, window, block):
    monkeypatch.setattr(ppmi, "BLOCK", block)
    rows = np.asarray([0, 1, 2, 3, -1, -1], np.int32)
    np.testing.assert_array_equal(count_cooccurrences(splits(), rows, 4, window).toarray(), brute_counts(window))


@pytest.mark.parametrize("smoothing", [0.75, 1.0])
def test_weights_match_the_formula(smoothing):
    rows = np.asarray([0, 1, 2, 3, -1, -1], np.int32)
    counts = count_cooccurrences(splits(), rows, 4, 2)
    expected = brute_ppmi(brute_counts(2), smoothing)
    np.testing.assert_allclose(positive_pmi(counts, smoothing).toarray(), expected, atol=1e-12)
    np.testing.assert_array_equal(counts.toarray(), brute_counts(2))


def test_vectors_are_singular_vectors_scaled_by_root_singular_values():
    trained = train_ppmi(NAMES, splits(), settings())
    left, values, _ = np.linalg.svd(brute_ppmi(brute_counts(2), 0.75))
    expected = left[:, :2] * np.sqrt(values[:2])
    order = [KEPT.index(word) for word in trained.words.to_pylist()]
    np.testing.assert_allclose(np.abs(trained.vectors), np.abs(expected[order]), atol=1e-5)
    assert trained.vectors.dtype == np.float32
    assert (trained.vectors[np.abs(trained.vectors).argmax(axis=0), [0, 1]] > 0).all()


def test_words_are_sorted_by_descending_count():
    assert train_ppmi(NAMES, splits(), settings()).words.to_pylist()[0] == "a"
    assert sorted(train_ppmi(NAMES, splits(), settings()).words.to_pylist()) == KEPT


def test_a_matrix_of_low_rank_has_zeros_for_the_rest():
    weights = sparse.csr_array(np.outer(np.arange(1.0, 7), np.ones(6)))
    coordinates = factorise(weights, 3, 1)
    assert not coordinates[:, 1:].any()
    np.testing.assert_allclose(coordinates @ coordinates.T, coordinates[:, :1] @ coordinates[:, :1].T, atol=1e-5)
    assert coordinates.tobytes() == factorise(weights, 3, 1).tobytes()


def run(token_folder: Path, name: str, **changed: object) -> Path:
    out = token_folder.parent / "data" / name
    make_vectors(f"vectors@{name}", settings(**changed), token_folder, out)
    return out


def test_the_stage_gives_the_same_bytes_and_reads_no_held_out_text(token_folder):
    first, second = (content(run(token_folder, name, min_count=1)) for name in ("one", "two"))
    assert first == second
    words = vectors.read(token_folder.parent / "data/one").words.to_pylist()
    assert {"held", "out"}.isdisjoint(words)
    assert "rare" in words


@pytest.mark.parametrize("changed", [{"window": 1}, {"smoothing": 1.0}, {"min_count": 4}])
def test_every_setting_changes_the_vectors(changed):
    default, changed_vectors = (train_ppmi(NAMES, splits(), settings(**values)).vectors for values in ({}, changed))
    assert default.shape != changed_vectors.shape or not np.allclose(default, changed_vectors)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"dimensions": 4}, r"4 tokens occur 3 times in train \+ unlabeled, `dimensions` is 4; lower `dimensions`"),
        ({"min_count": 99}, r"0 tokens occur 99 times"),
        ({"texts": ["x.txt"], "dimensions": 9}, r"tokens occur 3 times in x\.txt"),
    ],
)
def test_too_few_words_are_refused(changed, message):
    with pytest.raises(UserError, match=message):
        train_ppmi(NAMES, splits(), settings(**changed))


@pytest.mark.parametrize("texts", [["a", "b", "c", "d"] * 3, []])
def test_texts_without_cooccurrences_are_refused(texts):
    with pytest.raises(UserError, match=r"neighbours more often than by chance|0 tokens occur"):
        train_ppmi(NAMES, [encode(texts, NAMES)], settings(min_count=1))
