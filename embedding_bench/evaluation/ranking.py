"""The order of all rows on validation, and the variants to train anew."""

from embedding_bench.artifacts.selection import Ranked
from embedding_bench.evaluation.selection import Candidate, merge, rank
from embedding_bench.evaluation.statistics import rounded

CONFIRMED = 2  # the selected variant and the next one


def rank_rows(candidates: dict[str, Candidate], variants: list[str]) -> dict[str, Ranked]:
    """Rank all rows, the best first. Baselines are ranked among variants, and never change the order of these."""
    names, scored = list(candidates), list(candidates.values())
    ours = [index for index, name in enumerate(names) if name in variants]
    baselines = [index for index, name in enumerate(names) if name not in variants]
    orders = [[group[at] for at in rank([scored[index] for index in group])] for group in (ours, baselines)]
    return {
        names[index]: Ranked(place, rounded(scored[index].criterion), rounded(scored[index].log_loss))
        for place, index in enumerate(merge(scored, *orders), 1)
    }


def to_confirm(ranked: dict[str, Ranked], variants: list[str]) -> list[str]:
    """Name the variants to train anew with fresh seeds, the selected one first.

    The next one is among them: as the second of many it is flattered by the luck of its seeds, too.
    """
    return sorted(variants, key=lambda name: ranked[name].rank)[:CONFIRMED]
