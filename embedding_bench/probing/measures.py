"""Intrinsic measures of vectors: accuracy on analogies, and correlation with human similarity scores."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Matrix, Positions
from embedding_bench.probing.question_sets import Pairs, Sections, Sets
from embedding_bench.probing.space import Space

BLOCK_SCORES = 16_000_000  # cosines in memory: 64 MB
LEAST_PAIRS = 3  # the rank correlation of two pairs is always 1 or -1


class Tally(NamedTuple):
    """Counts of correct answers, of questions whose four words are known, and of questions in the file."""

    right: int
    asked: int
    questions: int

    def to_dict(self) -> dict[str, float]:
        """Return the counts, and the accuracy if any question was asked."""
        accuracy = {"accuracy": round(self.right / self.asked, 6)} if self.asked else {}
        return {**accuracy, **self._asdict()}


def measure(space: Space, sets: Sets, limit: int) -> dict[str, Any]:
    """Measure a space on all sets; answers to analogies are among its first `limit` words.

    Accuracies and correlations without enough known questions are left out; their counts remain.
    """
    analogies = {}
    for name, sections in sets.analogies.items():
        tallies = solve_analogies(space, sections, limit)
        by_section = {section: tally.to_dict() for section, tally in tallies.items()}
        analogies[name] = {**sum_tallies(tallies.values()).to_dict(), "sections": by_section}
    similarity = {name: correlate(space, pairs) for name, pairs in sets.similarity.items()}
    return {"words": len(space.words), "analogies": analogies, "similarity": similarity}


def first_rows(words: Iterable[str]) -> dict[str, int]:
    """Map each lower-cased word to the first row with this word in any case."""
    rows: dict[str, int] = {}
    for row, word in enumerate(words):
        rows.setdefault(word.lower(), row)
    return rows


# --- analogies --------------------------------------------------------------------------------------------------


def solve_analogies(space: Space, sections: Sections, limit: int) -> dict[str, Tally]:
    """Answer "a is to b as c is to ..." by 3CosAdd (Mikolov et al., 2013), and count correct answers by section.

    The answer is the word d other than a, b and c that maximises cos(d, b - a + c), among the first `limit` words,
    which are the most frequent. As in `evaluate_word_analogies` of gensim, case is ignored, and questions with a word
    outside the first `limit` are not asked.
    """
    rows = first_rows(space.words[:limit])
    ids = {word: word_id for word_id, word in enumerate(rows)}
    known = {
        name: [[ids[word] for word in question] for question in questions if all(word in ids for word in question)]
        for name, questions in sections.items()
    }
    asked = np.asarray([question for questions in known.values() for question in questions], np.int64).reshape(-1, 4)
    right = _predict(space.directions(list(rows.values())), asked[:, :3]) == asked[:, 3] if len(asked) else asked[:, 0]
    tallies, start = {}, 0
    for name, questions in known.items():
        count = len(questions)
        tallies[name] = Tally(int(right[start : start + count].sum()), count, len(sections[name]))
        start += count
    return tallies


def _predict(units: Matrix, questions: Positions) -> Positions:
    """Predict the row of the fourth word: unit rows float32 [words, dimensions], questions int64 [questions, 3]."""
    answers = np.empty(len(questions), np.int64)
    step = max(BLOCK_SCORES // len(units), 1)
    for start in range(0, len(questions), step):
        a, b, c = questions[start : start + step].T
        scores = (units[b] - units[a] + units[c]) @ units.T
        for rows in (a, b, c):
            scores[np.arange(len(scores)), rows] = -np.inf
        answers[start : start + step] = scores.argmax(axis=1)
    return answers


def sum_tallies(tallies: Iterable[Tally]) -> Tally:
    """Sum the counts of sections, so that every question has the same weight."""
    columns = np.asarray(list(tallies), np.int64).reshape(-1, 3).sum(axis=0).tolist()
    return Tally(*columns)


# --- similarity -------------------------------------------------------------------------------------------------


def correlate(space: Space, pairs: Pairs) -> dict[str, float]:
    """Correlate cosines of word pairs with human scores, by Spearman's rank correlation `rho`.

    `covered` counts the pairs with vectors for both words; `rho` is over these.
    """
    rows = first_rows(space.words)
    known = [(rows[first], rows[second], score) for first, second, score in pairs if first in rows and second in rows]
    counts: dict[str, float] = {"covered": len(known), "pairs": len(pairs)}
    if len(known) < LEAST_PAIRS:
        return counts
    firsts, seconds, scores = (np.asarray(column) for column in zip(*known, strict=True))
    cosines = np.einsum("pd,pd->p", space.directions(firsts), space.directions(seconds))
    rho = spearman(cosines, scores)
    return counts if rho is None else {"rho": round(rho, 6), **counts}


def spearman(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> float | None:
    """Return Spearman's rank correlation with average ranks for ties; None if x or y is constant.

    Written in NumPy, since scipy.stats takes half a second to import.
    """
    ranks = average_ranks(x), average_ranks(y)
    if any(np.ptp(rank) == 0 for rank in ranks):
        return None
    return float(np.corrcoef(*ranks)[0, 1])


def average_ranks(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Rank values from 1; equal values share the average of their ranks: float64 [values].

    >>> average_ranks(np.array([5, 1, 5])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: npt.NDArray[np.float64] = (last - (counts - 1) / 2)[group]
    return ranks
