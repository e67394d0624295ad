"""Label efficiency: accuracy by the number of labels, and where one curve crosses another.

At every number of labels two rows are compared on the same test texts, as in the leaderboard. The intervals of a
comparison hold for all its numbers of labels at once (Bonferroni), because its words are about all of them. The number
at which an interval begins or ceases to hold 0 is interpolated linearly on the logarithm of the labels.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from embedding_bench.evaluation.statistics import Values, estimate, rounded

Curve = dict[int, Values]  # hits [replicates, texts] by the number of labels, the smallest first


class Point(NamedTuple):
    """One row minus another, trained on so many labels."""

    labels: int
    mean: float
    low: float
    high: float

    @property
    def leader(self) -> int:
        """1 where the one is surely better, -1 where the other is, else 0."""
        return int(self.low > 0) - int(self.high < 0)


class Phase(NamedTuple):
    """From so many labels on, who leads: 1, -1, or nobody for sure."""

    labels: int
    leader: int


def learning_curve(curve: Curve, confidence: float) -> list[dict[str, Any]]:
    """Estimate the accuracy for every number of labels."""
    points = []
    for labels, right in curve.items():
        found = estimate(right)
        low, high = found.interval(confidence)
        points.append(
            {
                "labels": labels,
                "mean": rounded(found.mean),
                "low": rounded(max(low, 0)),
                "high": rounded(min(high, 1)),
            }
        )
    return points


def compare_curves(one: Curve, other: Curve, confidence: float) -> list[Point]:
    """Subtract one row's hits from another's, text by text, for every number of labels that both have."""
    shared = [labels for labels in one if labels in other]
    each = 1 - (1 - confidence) / len(shared)
    points = []
    for labels in shared:
        found = estimate(one[labels] - other[labels])
        points.append(Point(labels, *map(rounded, (found.mean, *found.interval(each)))))
    return points


def phases(points: list[Point]) -> list[Phase]:
    """Find from how many labels on which row leads."""
    found = [Phase(points[0].labels, points[0].leader)]
    for before, after in pairwise(points):
        if before.leader and after.leader != before.leader:
            found.append(Phase(crossing(before, after, before.leader), 0))
        if after.leader and after.leader != before.leader:
            found.append(Phase(crossing(before, after, after.leader), after.leader))
    return found


def crossing(before: Point, after: Point, leader: int) -> int:
    """Interpolate where a leader's lead begins or ends: the limit of its interval is 0; two digits are enough."""
    limits = [point.low if leader > 0 else point.high for point in (before, after)]
    share = limits[0] / (limits[0] - limits[1])
    labels = np.exp(np.log(before.labels) + share * (np.log(after.labels) - np.log(before.labels)))
    return int(float(f"{labels:.2g}"))


def tell(one: str, other: str, points: list[Point]) -> str:
    """Say in words who leads from how many labels on."""
    stretches = phases(points)
    names = {1: f"{one} leads {other}", -1: f"{other} leads {one}"}
    if len(stretches) == 1:
        few, many = points[0].labels, points[-1].labels
        span = f"from {few:,} to {many:,} labels" if few < many else f"with {few:,} labels"
        if stretches[0].leader:
            return f"{names[stretches[0].leader]} {span}."
        return f"{one} and {other}: {span}, the difference is within the interval."
    parts = []
    for number, (stretch, end) in enumerate(zip(stretches, [*stretches[1:], None], strict=True)):
        until = f" up to about {end.labels:,} labels" if end and not number else ""
        since = f"from about {stretch.labels:,} on " if number else ""
        what = names[stretch.leader] if stretch.leader else "the difference is within the interval"
        if not stretch.leader and not number:
            what = f"{one} and {other}: the difference is within the interval"
        parts.append(f"{since}{what}{until}")
    return "; ".join(parts) + "."
