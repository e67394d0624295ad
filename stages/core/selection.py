"""What is better on validation: an epoch, a replicate, a variant.

Accuracies that differ by no more than a standard error are equal but for luck. Among equals the lower log loss is
better: it looks at every probability, and so tells more of few texts than counting the right answers does.
"""

from typing import NamedTuple


class Reached(NamedTuple):
    """Accuracy and log loss on validation."""

    accuracy: float
    log_loss: float


def surpasses(new: Reached, best: Reached, texts: int) -> bool:
    """Say whether what was reached on so many texts is better than the best so far."""
    error, gain = standard_error(best.accuracy, texts), new.accuracy - best.accuracy
    return gain > error or (gain >= -error and new.log_loss < best.log_loss)


def rank(reached: list[Reached], texts: int) -> list[int]:
    """Number the best one first: the surest of those whose accuracies equal the highest; then so for the rest."""
    left, order = list(range(len(reached))), []
    while left:
        highest = max(reached[number].accuracy for number in left)
        least = highest - standard_error(highest, texts)
        equal = [number for number in left if reached[number].accuracy >= least]
        order.append(min(equal, key=lambda number: reached[number].log_loss))
        left.remove(order[-1])
    return order


def standard_error(accuracy: float, texts: int) -> float:
    """Estimate an accuracy's standard error: that of so many answers and four more, two of them right.

    Those four keep it from being 0 where all answers are right (Agresti and Coull, 1998).
    """
    share = (accuracy * texts + 2) / (texts + 4)
    return float((share * (1 - share) / (texts + 4)) ** 0.5)
