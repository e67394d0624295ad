"""Which rule of selection loses the least accuracy?

One of several classifiers is better by a known gap, and may be overconfident, or confident where it is wrong, or both
may be on texts of which one in ten is of the second class. A rule's regret is the gap times the share of experiments in
which it takes another one.
"""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from benchmarks.simulations.world import Kind, difficulties, margins, seed_sd_of, skill_of, to_probabilities
from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.evaluation.metrics import log_loss
from embedding_bench.evaluation.selection import Candidate, best_of, candidate
from embedding_bench.evaluation.variance import seed_variance, text_variance

ACCURACY, SEED_SD = 0.85, 0.5
TEXTS, GAPS = (25, 100, 500, 2500), (0.005, 0.01, 0.02)  # 25: what a budget of 100 labels leaves to validate with
REPLICATES, VARIANTS = (1, 5), (2, 6)
SOUND, SURE, HEAVY = Kind(), Kind(sharpness=12.0), Kind(heavy=True)
SITUATIONS = {  # the better classifier, the others, and the share of the second class
    "alike": (SOUND, SOUND, 0.5),
    "better is overconfident": (SURE, SOUND, 0.5),
    "others are overconfident": (SOUND, SURE, 0.5),
    "better errs confidently": (HEAVY, SOUND, 0.5),
    "others err confidently": (SOUND, HEAVY, 0.5),
    "one text in ten of a class": (SOUND, SOUND, 0.1),
}


class Seen(NamedTuple):
    """What a rule may use of each classifier: the candidate of the stages, and the log loss without scaling."""

    candidates: list[Candidate]
    log_losses: list[float]


def _within(errors: float, losses: Callable[[Seen], list[float]], seen: Seen) -> int:
    """Take the lowest log loss within so many paired standard errors of the highest accuracy."""
    lead = max(seen.candidates, key=lambda each: each.criterion)
    equal = [k for k, each in enumerate(seen.candidates) if _behind(lead, each) <= errors]
    return min(equal, key=lambda k: losses(seen)[k])


def _behind(lead: Candidate, each: Candidate) -> float:
    """Return how many paired standard errors a candidate is behind the most accurate one."""
    differences = lead.values - each.values
    variance = text_variance(differences.mean(axis=0)) + seed_variance(differences) / len(differences)
    return float(differences.mean() / variance**0.5)


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
    better, others, share = SITUATIONS[situation]
    labels = (np.arange(texts) < share * texts).astype(np.int32)
    difficulty = difficulties(rng, texts)
    kinds = [(better, ACCURACY + gap), *[(others, ACCURACY)] * (variants - 1)]
    predicted = [_predict(rng, kind, accuracy, difficulty, labels, replicates) for kind, accuracy in kinds]
    seen = Seen(
        [candidate(labels, each, "accuracy") for each in predicted],
        [float(np.mean([log_loss(labels, replicate) for replicate in each])) for each in predicted],
    )
    order = rng.permutation(variants)  # so that ties favour none
    shuffled = Seen([seen.candidates[k] for k in order], [seen.log_losses[k] for k in order])
    return [order[rule(shuffled)] == 0 for rule in RULES.values()]


def _predict(
    rng: np.random.Generator, kind: Kind, accuracy: float, difficulty: Any, labels: Labels, replicates: int
) -> Probabilities:
    skills = rng.normal(skill_of(accuracy, kind.heavy), seed_sd_of(SEED_SD, ACCURACY), replicates)
    return to_probabilities(margins(rng, skills, difficulty, kind.heavy), labels, kind.sharpness)


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
