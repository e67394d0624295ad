"""What is better on validation: an epoch, a replicate, a variant.

Accuracies within a standard error of the highest are equal to it but for luck. Among equals the lower log loss is
better: it looks at every probability, and so tells more of few texts than counting the right answers does.
"""

from typing import NamedTuple


class Reached(NamedTuple):
    """Accuracy and log loss on validation."""

    accuracy: float
    log_loss: float


def best_of(reached: list[Reached], texts: int) -> int:
    """Choose by what was reached on so many texts; the first of equals."""
    least = lowest_equal(max(one.accuracy for one in reached), texts)
    equal = [number for number, one in enumerate(reached) if one.accuracy >= least]
    return min(equal, key=lambda number: reached[number].log_loss)


def rank(reached: list[Reached], texts: int) -> list[int]:
    """Number the best one first, then the best of the others, and so on."""
    left, order = list(range(len(reached))), []
    while left:
        order.append(left.pop(best_of([reached[number] for number in left], texts)))
    return order


def surpasses(new: Reached, best: Reached, highest: float, texts: int) -> bool:
    """Say whether a new one is better than the best before it; `highest` is the highest accuracy so far.

    It comes to what `best_of` all would choose, as long as none is needed again that was not the best when it was new.
    """
    least = lowest_equal(highest, texts)
    return new.accuracy >= least and (best.accuracy < least or new.log_loss < best.log_loss)


def lowest_equal(highest: float, texts: int) -> float:
    """Return the lowest accuracy that equals the highest but for luck."""
    return highest - standard_error(highest, texts)


def standard_error(accuracy: float, texts: int) -> float:
    """Estimate an accuracy's standard error: that of so many answers and four more, two of them right.

    Those four keep it from being 0 where all answers are right (Agresti and Coull, 1998).
    """
    share = (accuracy * texts + 2) / (texts + 4)
    return float((share * (1 - share) / (texts + 4)) ** 0.5)
