"""Trials in rounds: successive halving (Jamieson and Talwalkar, 2016), on ever more texts to train on.

The rule is the same for every row, and each round waits for all of its trials, so that a search repeats byte for byte.
"""

from collections.abc import Callable
from math import ceil, floor, log

import numpy as np

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts.search import Trial, Trials
from embedding_bench.core.console import log as say
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.calibration import scaled_log_loss
from embedding_bench.evaluation.criteria import CRITERIA
from embedding_bench.evaluation.parts import Part, divide, pool
from embedding_bench.evaluation.selection import Candidate, rank
from embedding_bench.execution.kept import Kept
from embedding_bench.execution.tasks import Task
from embedding_bench.settings.search import Values

KEPT = 3  # one of so many settings goes on to the next round, which trains on as many times the texts
LEAST_TEXTS = 1000  # to train on, in the first round


def search(
    stage: str,
    settings: list[Values],
    labels: dict[str, Labels],
    seed: int,
    select_by: str,
    task: Callable[[Values, tuple[Part, ...]], Task],
    kept: Kept,
) -> Trials:
    """Try settings, and choose the best of them by the rule of selection.

    Args:
        stage: Its name, for messages.
        settings: To be tried.
        labels: int32 [texts] of train and validation.
        seed: Of folds, draws and trainings.
        select_by: A key of CRITERIA.
        task: Trains with a setting, and predicts the validation texts of all parts, float32 [texts, classes].
        kept: Results of an earlier search that was stopped.

    Raises:
        UserError: No setting can be trained.
    """
    whole, pooled = divide(labels, seed), pool(labels)
    rounds = count_rounds(len(settings), whole[0].texts)
    trials, going, texts = [Trial(settings=values, scores=[]) for values in settings], list(range(len(settings))), []
    for number in range(rounds):
        later = KEPT ** (rounds - 1 - number)
        parts = tuple(part._replace(texts=ceil(part.texts / later)) for part in whole)
        truth = [pooled[part.numbers(labels)["validation"]] for part in parts]
        texts.append(parts[0].texts)
        say(f"{stage}: round {number + 1} of {rounds}: {len(going)} settings on {texts[-1]:,} texts")
        predicted = kept.execute([task(settings[index], parts) for index in going])
        found = zip(going, predicted, strict=True)
        worked = [(index, score(truth, each, select_by)) for index, each in found if len(each)]
        if not worked:
            raise UserError(f"{stage}: none of the settings can be trained, not even that of params.yaml")
        if len(worked) < len(going):
            say(f"{stage}: {len(going) - len(worked)} of them cannot be trained, and are passed over")
        for index, each in worked:
            trials[index].scores.append((round(each.criterion, 6), round(each.log_loss, 6)))
        going = [worked[at][0] for at in rank([each for _, each in worked])][: -(-len(going) // KEPT)]
    kept.forget_others()
    return Trials(texts=texts, folds=len(whole), trials=trials, best=going[0])


def count_rounds(settings: int, texts: int) -> int:
    """Return how many rounds there are: the last one compares KEPT settings at least, the first has LEAST_TEXTS.

    >>> [count_rounds(settings, 20_000) for settings in (1, 8, 9, 27)], count_rounds(27, 2000)
    ([1, 1, 2, 3], 1)
    """
    most = max(min(settings / KEPT, texts / LEAST_TEXTS), 1)
    return 1 + floor(log(most, KEPT) + 1e-9)


def trainings(settings: int, texts: int) -> float:
    """Return how many trainings on all texts a search costs: each round the same share of them.

    >>> trainings(3, 20_000), trainings(9, 20_000), trainings(9, 2000)
    (3.0, 6.0, 9.0)
    """
    rounds = count_rounds(settings, texts)
    return float(sum(ceil(settings / KEPT**number) / KEPT ** (rounds - 1 - number) for number in range(rounds)))


def score(labels: list[Labels], predicted: Probabilities, select_by: str) -> Candidate:
    """Score the predictions of all parts, one after the other, as one candidate; labels are those of each part."""
    parts = np.split(predicted, np.cumsum(list(map(len, labels)))[:-1])
    losses = [scaled_log_loss(truth, found) for truth, found in zip(labels, parts, strict=True)]
    # Of all parts at once: a small class may be in none of the texts of a fold.
    values = CRITERIA[select_by](np.concatenate(labels), predicted[np.newaxis])
    return Candidate(values, float(np.average(losses, weights=list(map(len, labels)))))
