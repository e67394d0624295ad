"""Which rule of selection loses the least?

One of several classifiers is better by a known gap in accuracy or macro-F1. It may be overconfident, or confident where
it is wrong; one text in ten may be of the second class. A rule's regret is the gap times the share of experiments in
which it takes another classifier.
"""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq

from benchmarks.simulations.world import Kind, difficulties, margins, seed_sd_of, skill_of, to_probabilities
from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.evaluation.criteria import Values
from embedding_bench.evaluation.metrics import log_loss
from embedding_bench.evaluation.selection import Candidate, best_of, candidate, errors_behind

ACCURACY, SEED_SD = 0.85, 0.5
RARE, FREQUENT_RIGHT, RARE_RIGHT = 0.1, 0.93, 0.55  # share of the rare class, and accuracy on each class
TEXTS, GAPS = (25, 100, 500, 2500), (0.005, 0.01, 0.02)  # 25: what a budget of 100 labels leaves to validate with
REPLICATES, VARIANTS = (1, 5), (2, 6)
SOUND, SURE, HEAVY = Kind(), Kind(sharpness=12.0), Kind(heavy=True)


Accuracies = tuple[float, float]  # on the first and the second class


class Situation(NamedTuple):
    """The better classifier, the others, the share of the second class, and what selects."""

    better: Kind
    others: Kind
    share: float = 0.5
    select_by: str = "accuracy"


SITUATIONS = {
    "alike": Situation(SOUND, SOUND),
    "better is overconfident": Situation(SURE, SOUND),
    "others are overconfident": Situation(SOUND, SURE),
    "better errs confidently": Situation(HEAVY, SOUND),
    "others err confidently": Situation(SOUND, HEAVY),
    "a rare class": Situation(SOUND, SOUND, RARE),
    "a rare class, by macro-F1": Situation(SOUND, SOUND, RARE, "macro_f1"),
}


class Seen(NamedTuple):
    """What a rule may use of each classifier: the candidate of the stages, and the log loss without scaling."""

    candidates: list[Candidate]
    log_losses: list[float]


def _within(errors: float, losses: Callable[[Seen], list[float]], seen: Seen) -> int:
    """Take the lowest log loss within so many paired standard errors of the highest accuracy."""
    lead = max(seen.candidates, key=lambda each: each.criterion)
    equal = [k for k, each in enumerate(seen.candidates) if errors_behind(each, lead) <= errors]
    return min(equal, key=lambda k: losses(seen)[k])


def _within_unpaired(losses: Callable[[Seen], list[float]], seen: Seen) -> int:
    """Take the lowest log loss within a standard error of the highest accuracy, that of a single sample of texts."""
    accuracies, texts = [each.criterion for each in seen.candidates], seen.candidates[0].values.shape[1]
    share = (max(accuracies) * texts + 2) / (texts + 4)
    least = max(accuracies) - (share * (1 - share) / (texts + 4)) ** 0.5
    return min((k for k, accuracy in enumerate(accuracies) if accuracy >= least), key=lambda k: losses(seen)[k])


def _scaled(seen: Seen) -> list[float]:
    return [each.log_loss for each in seen.candidates]


def _unscaled(seen: Seen) -> list[float]:
    return seen.log_losses


RULES: dict[str, Callable[[Seen], int]] = {
    "accuracy; of equals, scaled log loss": partial(_within, 0.0, _scaled),
    "log loss": lambda seen: int(np.argmin(seen.log_losses)),
    "scaled log loss": lambda seen: int(np.argmin(_scaled(seen))),
    "accuracy within its standard error, log loss (before)": partial(_within_unpaired, _unscaled),
    "accuracy within its standard error, scaled log loss": partial(_within_unpaired, _scaled),
    "accuracy within the paired standard error, log loss": partial(_within, 1.0, _unscaled),
    "accuracy within half the paired standard error, scaled log loss": partial(_within, 0.5, _scaled),
    "accuracy within the paired standard error, scaled log loss (now)": lambda seen: best_of(seen.candidates),
    "accuracy within twice the paired standard error, scaled log loss": partial(_within, 2.0, _scaled),
}


def experiment(
    rng: np.random.Generator, situation: str, texts: int, gap: float, replicates: int, variants: int
) -> list[bool]:
    """Return for each rule whether it takes the better classifier, the first."""
    better, others, share, select_by = SITUATIONS[situation]
    labels = (np.arange(texts) < share * texts).astype(np.int32)
    difficulty = difficulties(rng, texts)
    usual, higher = accuracies_of(SITUATIONS[situation], gap)
    kinds = [(better, higher), *[(others, usual)] * (variants - 1)]
    predicted = [_predict(rng, kind, accuracies, difficulty, labels, replicates) for kind, accuracies in kinds]
    seen = Seen(
        [candidate(labels, each, select_by) for each in predicted],
        [float(np.mean([log_loss(labels, replicate) for replicate in each])) for each in predicted],
    )
    order = rng.permutation(variants)  # so that ties favour none
    shuffled = Seen([seen.candidates[k] for k in order], [seen.log_losses[k] for k in order])
    return [order[rule(shuffled)] == 0 for rule in RULES.values()]


def accuracies_of(situation: Situation, gap: float) -> tuple[Accuracies, Accuracies]:
    """Return the accuracies on the first and the second class of the others, and of the better classifier.

    By macro-F1 the better one has the accuracy of the others over all texts: it finds more of the rare class, at the
    cost of the frequent one.
    """
    if situation.share == 0.5:
        return (ACCURACY, ACCURACY), (ACCURACY + gap, ACCURACY + gap)
    usual = (FREQUENT_RIGHT, RARE_RIGHT)
    if situation.select_by == "accuracy":
        return usual, (FREQUENT_RIGHT + gap, RARE_RIGHT + gap)

    def traded(more: float) -> Accuracies:
        return FREQUENT_RIGHT - more * RARE / (1 - RARE), RARE_RIGHT + more

    wanted = macro_f1_of(usual, RARE) + gap
    return usual, traded(brentq(lambda more: macro_f1_of(traded(more), RARE) - wanted, 0, 0.4))


def macro_f1_of(accuracies: Accuracies, share: float) -> float:
    """Compute the macro-F1 of two classes from the accuracy on each; `share` is that of the second class."""
    right = ((1 - share) * accuracies[0], share * accuracies[1])
    wrong = 1 - sum(right)
    return float(np.mean([2 * each / (2 * each + wrong) for each in right]))


def _predict(
    rng: np.random.Generator, kind: Kind, accuracies: Accuracies, difficulty: Values, labels: Labels, replicates: int
) -> Probabilities:
    seed_sd = seed_sd_of(SEED_SD, ACCURACY)
    skill = np.asarray([skill_of(accuracy, seed_sd, kind.heavy) for accuracy in accuracies])
    texts = difficulty + skill[labels]
    return to_probabilities(margins(rng, rng.normal(0, seed_sd, replicates), texts, kind.heavy), labels, kind.sharpness)


def simulate(experiments: int) -> list[dict[str, Any]]:
    """Simulate every cell: the share of right choices of each rule."""
    rows = []
    for situation, texts, gap, replicates, variants in product(SITUATIONS, TEXTS, GAPS, REPLICATES, VARIANTS):
        rng = np.random.default_rng([list(SITUATIONS).index(situation), texts, round(1000 * gap), replicates, variants])
        right = [experiment(rng, situation, texts, gap, replicates, variants) for _ in range(experiments)]
        shares = dict(zip(RULES, np.mean(right, axis=0).round(4).tolist(), strict=True))
        cell = {"situation": situation, "texts": texts, "gap": gap, "replicates": replicates, "variants": variants}
        rows.append({**cell, "experiments": experiments, "right": shares})
        print(rows[-1], flush=True)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Format worst and mean regret in points, and the worst regret in each situation."""
    lines = [
        f"| rule | worst regret | mean regret | {' | '.join(SITUATIONS)} |",
        "|" + " --- |" * (3 + len(SITUATIONS)),
    ]
    for rule in RULES:
        regrets = [(row["situation"], 100 * row["gap"] * (1 - row["right"][rule])) for row in rows]
        worst = [max(regret for name, regret in regrets if name == situation) for situation in SITUATIONS]
        cells = [max(worst), float(np.mean([regret for _, regret in regrets])), *worst]
        lines.append(f"| {rule} | {' | '.join(f'{value:.2f}' for value in cells)} |")
    return "\n".join(lines)
