"""Averages of several models' probabilities: what they would add to the selected variant, at what cost.

They are not selected, because they cost several times as much; a model that is trained once has no average.
"""

from collections.abc import Mapping

import numpy as np

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts import scores
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import Interval, Together
from embedding_bench.evaluation.calibration import scaled_log_loss
from embedding_bench.evaluation.criteria import Values, hits
from embedding_bench.evaluation.outcomes import Outcome
from embedding_bench.evaluation.statistics import Estimate, rounded
from embedding_bench.evaluation.variance import text_variance

MOST = 4  # variants


def average_models(
    layout: Layout, outcomes: list[Outcome], selected: str, labels: dict[str, Labels], confidence: float
) -> list[Together]:
    """Choose members on validation, by the replicates that selection saw, and measure them on test.

    Those that were trained with fresh seeds are measured by these; labels int32 [texts] by split.
    """
    variants = {outcome.variant: outcome for outcome in outcomes if outcome.variant}
    validation = {v.name: scores.read_predictions(layout.scores(v), "validation") for v in variants}
    members = choose_members(validation, labels["validation"], selected)
    test = {outcome.name: outcome.measured.probabilities for outcome in variants.values() if outcome.name in members}
    return build_together(test, labels["test"], members, confidence)


def choose_members(validation: Mapping[str, Probabilities], labels: Labels, first: str) -> list[str]:
    """Add to the first variant, one by one, whichever lowers the log loss of the average most (Caruana et al., 2004).

    Args:
        validation: Probabilities by variant, float32 [replicates, texts, classes].
        labels: int32 [texts].
        first: The selected variant.

    Returns:
        At most MOST names; the first alone if no other variant lowers the loss, after temperature scaling, in nats.
    """
    means = {name: probabilities.mean(axis=0) for name, probabilities in validation.items()}
    members, total = [first], means[first]
    lowest = scaled_log_loss(labels, total)
    while len(members) < min(MOST, len(means)):
        losses = {
            name: scaled_log_loss(labels, (total + mean) / (len(members) + 1))
            for name, mean in means.items()
            if name not in members
        }
        nearest = min(losses, key=lambda name: losses[name])
        if losses[nearest] >= lowest:
            break
        members.append(nearest)
        total, lowest = total + means[nearest], losses[nearest]
    return members


def build_together(
    test: Mapping[str, Probabilities], labels: Labels, members: list[str], confidence: float
) -> list[Together]:
    """Measure the average of the selected variant's replicates, and that of all members' replicates.

    Args:
        test: Probabilities of the members, float32 [replicates, texts, classes].
        labels: int32 [texts].
        members: The selected variant first.
        confidence: Of the intervals, which are for new texts: other seeds would give other averages.
    """
    single = hits(labels, test[members[0]]).mean(axis=0)
    groups = [members[:1]] if len(test[members[0]]) > 1 else []
    groups += [members] if len(members) > 1 else []
    return [_measure(group, test, labels, single, confidence) for group in groups]


def _measure(
    group: list[str], test: Mapping[str, Probabilities], labels: Labels, single: Values, confidence: float
) -> Together:
    averaged = np.mean([test[name].mean(axis=0) for name in group], axis=0)
    right = hits(labels, averaged[np.newaxis])[0]
    return Together(
        members=group,
        models=sum(len(test[name]) for name in group),
        accuracy=_interval(right, confidence),
        gain=_interval(right - single, confidence),
    )


def _interval(values: Values, confidence: float) -> Interval:
    low, high = Estimate(float(values.mean()), text_variance(values) ** 0.5, len(values) - 1.0).interval(confidence)
    return Interval(mean=rounded(float(values.mean())), low=rounded(low), high=rounded(high))
