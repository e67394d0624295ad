import numpy as np
import pytest

from embedding_bench.probing import measures
from embedding_bench.probing.measures import Tally, average_ranks, correlate, measure, solve_analogies, spearman
from embedding_bench.probing.question_sets import Sets, gensim_data, read_analogies, read_similarity
from embedding_bench.probing.space import Space

# Rows: (country 1, country 2, country 3, capital?)
PLACES = Space(
    ["france", "paris", "japan", "tokyo", "chad", "rain"],
    np.asarray([[1, 0, 0, 0], [1, 0, 0, 1], [0, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0], [1, -1, 0, 0]], np.float32),
)
SECTIONS = {
    "capitals": [("france", "paris", "japan", "tokyo"), ("japan", "tokyo", "france", "paris")],
    "wrong": [("france", "paris", "japan", "chad"), ("france", "paris", "chad", "ndjamena")],
}


def test_analogies_are_counted_by_section():
    assert solve_analogies(PLACES, SECTIONS, 99) == {"capitals": Tally(2, 2, 2), "wrong": Tally(0, 1, 2)}


def test_questions_about_words_beyond_the_limit_are_not_asked():
    assert solve_analogies(PLACES, SECTIONS, 3) == {"capitals": Tally(0, 0, 2), "wrong": Tally(0, 0, 2)}


def test_case_is_ignored_and_the_first_of_equal_words_counts():
    cased = Space(["France", "Paris", "Japan", "Tokyo", "TOKYO"], np.vstack([PLACES.vectors[:4], -PLACES.vectors[3:4]]))
    assert solve_analogies(cased, {"all": SECTIONS["capitals"]}, 99) == {"all": Tally(2, 2, 2)}


def test_blocks_give_the_same_answers(monkeypatch):
    whole = solve_analogies(PLACES, SECTIONS, 99)
    monkeypatch.setattr(measures, "BLOCK_SCORES", 1)
    assert solve_analogies(PLACES, SECTIONS, 99) == whole


def test_scores_without_known_questions_are_left_out():
    sets = Sets({"q": {"s": [("a", "b", "c", "d")]}}, {"p": [("a", "b", 1.0)]})
    results = measure(PLACES, sets, 99)
    none = {"right": 0, "asked": 0, "questions": 1}
    assert results["analogies"] == {"q": {**none, "sections": {"s": none}}}
    assert results["similarity"] == {"p": {"covered": 0, "pairs": 1}}


def test_a_section_without_questions_has_no_counts():
    assert solve_analogies(PLACES, {"empty": []}, 99) == {"empty": Tally(0, 0, 0)}


def test_spearman_depends_on_order_only():
    pairs = [("france", "paris", 9.0), ("france", "japan", 1.0), ("france", "rain", 8.9), ("paris", "nowhere", 5.0)]
    # cosines .707, 0, .707: a tie of two
    assert correlate(PLACES, pairs) == {"rho": 0.866025, "covered": 3, "pairs": 4}


def test_equal_scores_have_no_correlation():
    pairs = [("france", word, 1.0) for word in ("paris", "japan", "rain")]
    assert correlate(PLACES, pairs) == {"covered": 3, "pairs": 3}


def test_ranks_and_correlation_match_scipy():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 8, 50), rng.normal(size=50)
    np.testing.assert_array_equal(average_ranks(x), stats.rankdata(x))
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


def test_scores_match_gensim(tmp_path):
    from gensim.models import KeyedVectors

    all_sections = read_analogies(gensim_data() / "questions-words.txt")
    sections = {name: all_sections[name] for name in ("family", "currency")}
    pairs = read_similarity(gensim_data() / "wordsim353.tsv")
    analogy_words = [word for questions in sections.values() for question in questions for word in question]
    words = sorted({*analogy_words, *(word for *pair, _ in pairs for word in pair)})[::2]
    vectors = np.random.default_rng(1).normal(size=(len(words), 4)).astype(np.float32)
    keyed = KeyedVectors(4)
    keyed.add_vectors(words, vectors)
    lines = [f": {name}\n" + "".join(" ".join(q) + "\n" for q in questions) for name, questions in sections.items()]
    (tmp_path / "q.txt").write_text("".join(lines))
    _, evaluated = keyed.evaluate_word_analogies(str(tmp_path / "q.txt"))
    theirs = {entry["section"]: (len(entry["correct"]), len(entry["incorrect"])) for entry in evaluated[:-1]}
    ours = solve_analogies(Space(words, vectors), sections, len(words))
    assert {name: (tally.right, tally.asked - tally.right) for name, tally in ours.items()} == theirs
    assert sum(tally.right for tally in ours.values()) > 0
    rho = keyed.evaluate_word_pairs(str(gensim_data() / "wordsim353.tsv"))[1].statistic
    assert correlate(Space(words, vectors), pairs)["rho"] == pytest.approx(rho, abs=1e-6)
