"""Label efficiency: accuracy by the number of labels, and the numbers at which one curve overtakes another.

At each number of labels two rows are compared on the same test texts, as in the leaderboard. The intervals of a
comparison hold for all its numbers of labels at once (Bonferroni), because its sentence is about all of them. The
number at which an interval begins or ceases to contain 0 is interpolated linearly on the logarithm of the labels.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from embedding_bench.artifacts.leaderboard import LearningPoint
from embedding_bench.evaluation.statistics import Values, estimate, rounded

Curve = dict[int, Values]  # hits [replicates, texts] by the number of labels, the smallest first
UNDECIDED = "the difference is within the interval"


class Phase(NamedTuple):
    """The leader from `labels` labels on: 1 for the first row, -1 for the second, 0 for neither."""

    labels: int
    leader: int


def learning_curve(curve: Curve, confidence: float) -> list[LearningPoint]:
    """Estimate the accuracy for each number of labels; intervals are cut at 0 and 1."""
    points = []
    for labels, right in curve.items():
        estimated = estimate(right)
        low, high = estimated.interval(confidence)
        points.append(
            LearningPoint(
                labels=labels, mean=rounded(estimated.mean), low=rounded(max(low, 0)), high=rounded(min(high, 1))
            )
        )
    return points


def compare_curves(first: Curve, second: Curve, confidence: float) -> list[LearningPoint]:
    """Estimate the paired differences of hits, first minus second, for the numbers of labels that both have."""
    shared = [labels for labels in first if labels in second]
    simultaneous = 1 - (1 - confidence) / len(shared)
    points = []
    for labels in shared:
        estimated = estimate(first[labels] - second[labels])
        low, high = estimated.interval(simultaneous)
        points.append(LearningPoint(labels=labels, mean=rounded(estimated.mean), low=rounded(low), high=rounded(high)))
    return points


def leader_at(point: LearningPoint) -> int:
    """Return 1 where the interval is above 0, -1 where it is below, else 0."""
    return int(point.low > 0) - int(point.high < 0)


def phases(points: list[LearningPoint]) -> list[Phase]:
    """Split the numbers of labels where the leader changes."""
    changes = [Phase(points[0].labels, leader_at(points[0]))]
    for before, after in pairwise(points):
        old, new = leader_at(before), leader_at(after)
        if old and new != old:
            changes.append(Phase(crossing(before, after, old), 0))
        if new and new != old:
            changes.append(Phase(crossing(before, after, new), new))
    return changes


def crossing(before: LearningPoint, after: LearningPoint, leader: int) -> int:
    """Interpolate the number of labels at which the limit of the leader's interval is 0; two significant digits."""
    limits = [point.low if leader > 0 else point.high for point in (before, after)]
    share = limits[0] / (limits[0] - limits[1])
    labels = np.exp(np.log(before.labels) + share * (np.log(after.labels) - np.log(before.labels)))
    return int(float(f"{labels:.2g}"))


def summarize(first: str, second: str, points: list[LearningPoint]) -> str:
    """Describe in a sentence which of two rows leads, and from how many labels on."""
    stretches = phases(points)
    verdicts = {1: f"{first} leads {second}", -1: f"{second} leads {first}", 0: UNDECIDED}
    subject = f"{first} and {second}: "
    if len(stretches) == 1:
        least, most = points[0].labels, points[-1].labels
        span = f"from {least:,} to {most:,} labels" if least < most else f"with {least:,} labels"
        leader = stretches[0].leader
        return f"{verdicts[leader]} {span}." if leader else f"{subject}{span}, {UNDECIDED}."
    opening = "" if stretches[0].leader else subject
    clauses = [f"{opening}{verdicts[stretches[0].leader]} up to about {stretches[1].labels:,} labels"]
    clauses += [f"from about {phase.labels:,} on {verdicts[phase.leader]}" for phase in stretches[1:]]
    return "; ".join(clauses) + "."
