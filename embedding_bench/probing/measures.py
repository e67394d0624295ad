"""What vectors know by themselves: analogies that they solve, and similarities that they share with people."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.probing.question_sets import Pairs, Sections, Sets
from embedding_bench.probing.space import Space, Values

BLOCK_SCORES = 16_000_000  # cosines that are held at a time: 64 MB
LEAST_PAIRS = 3  # the rank correlation of two pairs is 1 or -1 whatever the vectors


class Tally(NamedTuple):
    """Questions answered rightly, questions whose four words are all known, and questions in the file."""

    right: int
    asked: int
    questions: int

    def figures(self) -> dict[str, float]:
        """Lay the counts out, with the accuracy where anything was asked."""
        accuracy = {"accuracy": round(self.right / self.asked, 6)} if self.asked else {}
        return {**accuracy, **self._asdict()}


def measure(space: Space, sets: Sets, limit: int) -> dict[str, Any]:
    """Measure a space on all sets; analogies are sought among its first `limit` words.

    Figures that nothing stands behind are left out, and the counts say so.
    """
    analogies = {}
    for name, sections in sets.analogies.items():
        tallies = solve(space, sections, limit)
        by_section = {section: tally.figures() for section, tally in tallies.items()}
        analogies[name] = {**total(tallies.values()).figures(), "sections": by_section}
    similarity = {name: agree(space, pairs) for name, pairs in sets.similarity.items()}
    return {"words": len(space.words), "analogies": analogies, "similarity": similarity}


def first_rows(words: Iterable[str]) -> dict[str, int]:
    """Map each word, lower-cased, to the first row that has it in any case."""
    rows: dict[str, int] = {}
    for row, word in enumerate(words):
        rows.setdefault(word.lower(), row)
    return rows


# --- analogies --------------------------------------------------------------------------------------------------


def solve(space: Space, sections: Sections, limit: int) -> dict[str, Tally]:
    """Answer "a is to b as c is to ..." by 3CosAdd, and count the right answers by section.

    The answer is the word d that maximises cos(d, b - a + c), other than a, b and c (Mikolov et al., 2013), among the
    first `limit` words, which are the most frequent ones. As `evaluate_word_analogies` of gensim, case does not count,
    and a question with a word that is not among these is not asked.
    """
    rows = first_rows(space.words[:limit])
    places = {word: place for place, word in enumerate(rows)}
    known = {
        name: [
            [places[word] for word in question] for question in questions if all(word in places for word in question)
        ]
        for name, questions in sections.items()
    }
    asked = np.asarray([question for questions in known.values() for question in questions], np.int64).reshape(-1, 4)
    right = answer(space.directions(list(rows.values())), asked[:, :3]) == asked[:, 3] if len(asked) else asked[:, 0]
    tallies, start = {}, 0
    for name, questions in known.items():
        count = len(questions)
        tallies[name] = Tally(int(right[start : start + count].sum()), count, len(sections[name]))
        start += count
    return tallies


def answer(units: Values, questions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Answer questions int64 [questions, 3] among rows of length 1, float32 [words, dimensions]: int64 [questions]."""
    answers = np.empty(len(questions), np.int64)
    step = max(BLOCK_SCORES // len(units), 1)
    for start in range(0, len(questions), step):
        a, b, c = questions[start : start + step].T
        scores = (units[b] - units[a] + units[c]) @ units.T
        every = np.arange(len(scores))
        for given in (a, b, c):
            scores[every, given] = -np.inf
        answers[start : start + step] = scores.argmax(axis=1)
    return answers


def total(tallies: Iterable[Tally]) -> Tally:
    """Sum up sections: every question weighs the same."""
    columns = np.asarray(list(tallies), np.int64).reshape(-1, 3).sum(axis=0).tolist()
    return Tally(*columns)


# --- similarity -------------------------------------------------------------------------------------------------


def agree(space: Space, pairs: Pairs) -> dict[str, float]:
    """Compare the cosines of word pairs with people's scores, by Spearman's rank correlation `rho`.

    Pairs with a word that has no vector count as not covered.
    """
    rows = first_rows(space.words)
    known = [(rows[one], rows[other], score) for one, other, score in pairs if one in rows and other in rows]
    counts: dict[str, float] = {"covered": len(known), "pairs": len(pairs)}
    if len(known) < LEAST_PAIRS:
        return counts
    ones, others, scores = (np.asarray(column) for column in zip(*known, strict=True))
    cosines = np.einsum("pd,pd->p", space.directions(ones), space.directions(others))
    rho = spearman(cosines, scores)
    return counts if rho is None else {"rho": round(rho, 6), **counts}


def spearman(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float | None:
    """Return Spearman's rank correlation, of equals the average rank; None where either is the same throughout.

    By NumPy: scipy.stats takes half a second to import.
    """
    ranks = average_ranks(one), average_ranks(other)
    if any(np.ptp(rank) == 0 for rank in ranks):
        return None
    return float(np.corrcoef(*ranks)[0, 1])


def average_ranks(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Rank values from 1; equal values share the average of their ranks."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: npt.NDArray[np.float64] = (last - (counts - 1) / 2)[which]
    return ranks
