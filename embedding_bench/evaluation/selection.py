"""Selection on validation: of epochs, replicates, variants and strengths of baselines.

Candidates whose accuracy (or macro-F1) is within one standard error of the highest count as equal; the error is that of
the difference on the same texts. Among equals the lowest log loss after temperature scaling wins: it uses every
probability, and so tells more of few texts than the number of right answers. docs/statistics.md compares this rule with
others in simulations.
"""

from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Floats, Labels
from embedding_bench.evaluation.calibration import scaled_log_loss
from embedding_bench.evaluation.criteria import CRITERIA, Values
from embedding_bench.evaluation.variance import seed_variance, text_variance


class Candidate(NamedTuple):
    """What selection sees: values float64 [replicates, texts], whose mean is the criterion, and the scaled log loss.

    The log loss, in nats, is the mean over the replicates.
    """

    values: Values
    log_loss: float

    @property
    def criterion(self) -> float:
        """The mean of the values."""
        return float(self.values.mean())


def candidate(labels: Labels, probabilities: Floats, select_by: str) -> Candidate:
    """Score predictions of validation: labels int32 [texts], probabilities [replicates, texts, classes].

    `select_by` is a key of CRITERIA.
    """
    losses = [scaled_log_loss(labels, replicate) for replicate in probabilities]
    return Candidate(CRITERIA[select_by](labels, probabilities), float(np.mean(losses)))


def best_of(candidates: list[Candidate]) -> int:
    """Return the index of the best candidate; the first of equals."""
    lead = max(candidates, key=lambda each: each.criterion)
    equal = [index for index, each in enumerate(candidates) if _equals(each, lead)]
    return min(equal, key=lambda index: candidates[index].log_loss)


def rank(candidates: list[Candidate]) -> list[int]:
    """Return indices in order: the best, the best of the rest, and so on."""
    rest, order = list(range(len(candidates))), []
    while rest:
        order.append(rest.pop(best_of([candidates[index] for index in rest])))
    return order


def merge(candidates: list[Candidate], first: list[int], second: list[int]) -> list[int]:
    """Merge two orders of indices, each kept; of the two that are next, the better one comes first.

    So that baselines can be ranked among variants without a say in which variant is selected.
    """
    first, second, order = list(first), list(second), []
    while first and second:
        nearer = best_of([candidates[first[0]], candidates[second[0]]])
        order.append((first, second)[nearer].pop(0))
    return order + first + second


def surpasses(new: Candidate, best: Candidate, lead: Candidate) -> bool:
    """Compare a new candidate with the best before it; `lead` has the highest criterion so far, the new one included.

    Equals `best_of` over all candidates, unless one that was once passed over would now win.
    """
    return _equals(new, lead) and (not _equals(best, lead) or new.log_loss < best.log_loss)


def errors_behind(each: Candidate, lead: Candidate) -> float:
    """Return how many standard errors a candidate is behind the highest, paired by text and by replicate."""
    differences = lead.values - each.values
    variance = text_variance(differences.mean(axis=0)) + seed_variance(differences) / len(differences)
    return float(differences.mean() / variance**0.5)


def _equals(each: Candidate, lead: Candidate) -> bool:
    return errors_behind(each, lead) <= 1
