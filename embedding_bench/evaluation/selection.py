"""Selection on validation: of epochs, replicates, variants and strengths of baselines.

Accuracies within one standard error of the highest count as equal. Among equals the lowest log loss wins: it uses
every probability, and so tells more of few texts than the number of right answers.
"""

from typing import NamedTuple


class ValidationScore(NamedTuple):
    """Accuracy and log loss, in nats, on validation."""

    accuracy: float
    log_loss: float


def best_of(scores: list[ValidationScore], texts: int) -> int:
    """Return the index of the best score on `texts` validation texts; the first of equals.

    >>> best_of([ValidationScore(0.90, 0.5), ValidationScore(0.89, 0.3), ValidationScore(0.70, 0.1)], texts=100)
    1
    """
    least = lowest_equal(max(score.accuracy for score in scores), texts)
    equal = [index for index, score in enumerate(scores) if score.accuracy >= least]
    return min(equal, key=lambda index: scores[index].log_loss)


def rank(scores: list[ValidationScore], texts: int) -> list[int]:
    """Return indices in order: the best, the best of the rest, and so on."""
    rest, order = list(range(len(scores))), []
    while rest:
        order.append(rest.pop(best_of([scores[index] for index in rest], texts)))
    return order


def surpasses(new: ValidationScore, best: ValidationScore, highest: float, texts: int) -> bool:
    """Compare a new score with the best before it; `highest` is the highest accuracy so far.

    Equals `best_of` over all scores, unless a score once passed over would now win.
    """
    least = lowest_equal(highest, texts)
    return new.accuracy >= least and (best.accuracy < least or new.log_loss < best.log_loss)


def lowest_equal(highest: float, texts: int) -> float:
    """Return the highest accuracy minus its standard error."""
    return highest - standard_error(highest, texts)


def standard_error(accuracy: float, texts: int) -> float:
    """Estimate an accuracy's standard error from its texts and four more, two of them right.

    The four keep it above 0 where all answers are right (Agresti and Coull, 1998).
    """
    share = (accuracy * texts + 2) / (texts + 4)
    return float((share * (1 - share) / (texts + 4)) ** 0.5)
