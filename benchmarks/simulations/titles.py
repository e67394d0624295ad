"""How often does the alias `champion` move among versions that are equal?

Twenty successors of a first version, on the same 500 validation texts. Each version is the most accurate of
several equal replicates on these texts, much as an exported model is.
"""

from typing import Any

import numpy as np

from benchmarks.simulations.world import difficulties, margins, skill_of
from embedding_bench.tracking.champion import level_of
from embedding_bench.tracking.collect import compare_hits

SUCCESSORS, TEXTS, ACCURACY, CONFIDENCE = 20, 500, 0.85, 0.95
SITUATIONS = {  # replicates that the first version, and each successor, is the best of
    "versions alike, no choice among replicates": (1, 1),
    "versions alike, each the best of 5 replicates": (5, 5),
    "the first without a choice, successors the best of 5": (1, 5),
}


def moves(rng: np.random.Generator, choices: tuple[int, int]) -> tuple[bool, bool]:
    """Return whether the title ever moves: with every comparison at the same level, and with those of the stages."""
    difficulty = difficulties(rng, TEXTS)
    champion = _best(rng, choices[0], difficulty)
    p_values = [compare_hits(_best(rng, choices[1], difficulty), champion, 0.025).p_value for _ in range(SUCCESSORS)]
    spent = any(p < level_of(number, CONFIDENCE) for number, p in enumerate(p_values, 1))
    return any(p < (1 - CONFIDENCE) / 2 for p in p_values), spent


def _best(rng: np.random.Generator, replicates: int, difficulty: Any) -> Any:
    hits = margins(rng, np.full(replicates, skill_of(ACCURACY)), difficulty) > 0
    return hits[hits.mean(axis=1).argmax()]


def simulate(experiments: int) -> list[dict[str, Any]]:
    """Simulate every situation: the share of runs in which the title moves."""
    rows = []
    for situation, choices in SITUATIONS.items():
        rng = np.random.default_rng(list(SITUATIONS).index(situation))
        same, spent = np.mean([moves(rng, choices) for _ in range(experiments)], axis=0).round(4).tolist()
        rows.append({"situation": situation, "experiments": experiments, "same_level": same, "spent": spent})
        print(rows[-1], flush=True)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Format the results as a Markdown table."""
    lines = ["| 20 equal successors | each at 2.5 % (before) | levels that sum to 5 % (now) |", "| --- | --- | --- |"]
    lines += [f"| {r['situation']} | {100 * r['same_level']:.1f} % | {100 * r['spent']:.1f} % |" for r in rows]
    return "\n".join(lines)
