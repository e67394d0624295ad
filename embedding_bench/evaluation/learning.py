"""Label efficiency: accuracy by the number of labels, and between which of them one curve overtakes another.

At each number of labels two rows are compared on the same test texts. The intervals of a
comparison hold for all its numbers of labels at once (Bonferroni), because its sentence is about all of them. Between
two numbers of labels nothing was measured, so a change is only said to lie there.
"""

from itertools import groupby, pairwise
from typing import NamedTuple

from embedding_bench.artifacts.leaderboard import LearningPoint
from embedding_bench.evaluation.statistics import Sample, contrast, estimate, rounded

Curve = dict[int, Sample]  # hits by the number of labels, the smallest first
UNDECIDED = "the difference is within the interval"


class Phase(NamedTuple):
    """Adjacent numbers of labels with the same leader: 1 for the first row, -1 for the second, 0 for neither."""

    leader: int
    least: int
    most: int


def learning_curve(curve: Curve, confidence: float) -> list[LearningPoint]:
    """Estimate the accuracy for each number of labels; intervals are cut at 0 and 1."""
    points = []
    for labels, row in curve.items():
        estimated = estimate(row)
        low, high = estimated.interval(confidence)
        points.append(
            LearningPoint(
                labels=labels, mean=rounded(estimated.mean), low=rounded(max(low, 0)), high=rounded(min(high, 1))
            )
        )
    return points


def compare_curves(first: Curve, second: Curve, confidence: float) -> list[LearningPoint]:
    """Estimate the differences of accuracy, first minus second, for the numbers of labels that both have.

    They are paired by text, and by replicate where the same replicate of all rows has the same labels: not for the
    largest number, all of train, where the seeds of rows are independent as in the leaderboard.
    """
    shared = [labels for labels in first if labels in second]
    whole = max(first)
    simultaneous = 1 - (1 - confidence) / len(shared)
    points = []
    for labels in shared:
        estimated = contrast([(1.0, first[labels]), (-1.0, second[labels])], paired=labels < whole)
        low, high = estimated.interval(simultaneous)
        points.append(LearningPoint(labels=labels, mean=rounded(estimated.mean), low=rounded(low), high=rounded(high)))
    return points


def leader_at(point: LearningPoint) -> int:
    """Return 1 where the interval is above 0, -1 where it is below, else 0."""
    return int(point.low > 0) - int(point.high < 0)


def phases(points: list[LearningPoint]) -> list[Phase]:
    """Split the numbers of labels where the leader changes."""
    groups = [(leader, [point.labels for point in inside]) for leader, inside in groupby(points, leader_at)]
    return [Phase(leader, labels[0], labels[-1]) for leader, labels in groups]


def summarize(first: str, second: str, points: list[LearningPoint]) -> str:
    """Describe in a sentence which of two rows leads, and between which numbers of labels that changes."""
    opening, *others = phases(points)
    leaders = {1: first, -1: second}
    leads = {1: f"{first} leads {second}", -1: f"{second} leads {first}", 0: f"{first} and {second}: {UNDECIDED}"}
    if not others:
        span = (
            f"from {opening.least:,} to {opening.most:,}" if opening.least < opening.most else f"with {opening.least:,}"
        )
        return f"{leads[opening.leader]} {span} labels."
    clauses = [f"{leads[opening.leader]} up to {opening.most:,} labels"]
    for before, after in pairwise([opening, *others]):
        change = f"{leaders[after.leader]} takes the lead" if after.leader else "that lead is lost within the interval"
        clauses.append(f"between {before.most:,} and {after.least:,} {change}")
    return "; ".join(clauses) + "."
