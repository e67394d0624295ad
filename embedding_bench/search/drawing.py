"""Settings drawn from a space, and what Optuna says of them."""

import warnings
from typing import Any

import optuna
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.exceptions import ExperimentalWarning

from embedding_bench.settings.search import Range, Space, Values

EDGE = 0.1  # of a range's width, on the logarithmic scale


def draw(space: Space, count: int, seed: int) -> list[Values]:
    """Draw settings by scrambled Sobol' points, which fill a space more evenly than random ones.

    The first n of more are the same. A small space has fewer than `count` distinct settings.
    """
    if not space or not count:
        return []
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        sampler = optuna.samplers.QMCSampler(qmc_type="sobol", scramble=True, seed=seed)
    study, distributions = optuna.create_study(sampler=sampler), _distributions(space)
    # Its first trial is random, and names the space for the points that follow.
    first = {key: distribution.low for key, distribution in distributions.items()}
    study.add_trial(optuna.trial.create_trial(params=first, distributions=dict(distributions), value=0.0))
    drawn: list[Values] = []
    for _ in range(count):
        params = study.ask(dict(distributions)).params
        values = {key: _value(space[key], params[key]) for key in space}
        if values not in drawn:
            drawn.append(values)
    return drawn


def importances(space: Space, trials: list[Values], scores: list[float], seed: int) -> dict[str, float]:
    """Return the share of the variance of scores that each setting explains: fANOVA (Hutter et al., 2014)."""
    if len({*scores}) < 2 or len(space) < 2:
        return {}
    study, distributions = optuna.create_study(direction="maximize"), _distributions(space)
    for values, score in zip(trials, scores, strict=True):
        params = {key: _position(space[key], values[key]) for key in space}
        study.add_trial(optuna.trial.create_trial(params=params, distributions=dict(distributions), value=score))
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {key: round(float(found[key]), 3) for key in space}


def edges(space: Space, values: Values) -> list[str]:
    """Name the settings that lie at an end of their space, so that a better value may lie beyond it."""
    return [key for key, choices in space.items() if _at_edge(choices, values[key])]


def _at_edge(choices: Range | list[Any], value: Any) -> bool:
    if isinstance(choices, Range):
        width = choices.high / choices.low
        return not choices.low * width**EDGE < value < choices.high / width**EDGE
    ordered = len(choices) > 2 and all(isinstance(choice, int | float) for choice in choices)
    return ordered and value in (min(choices), max(choices))


def _distributions(space: Space) -> dict[str, FloatDistribution | IntDistribution]:
    """Describe choices by their position, so that Sobol' points fill them evenly, too."""
    return {
        key: FloatDistribution(choices.low, choices.high, log=True)
        if isinstance(choices, Range)
        else IntDistribution(0, len(choices) - 1)
        for key, choices in space.items()
    }


def _value(choices: Range | list[Any], drawn: float) -> Any:
    return float(f"{drawn:.3g}") if isinstance(choices, Range) else choices[int(drawn)]


def _position(choices: Range | list[Any], value: Any) -> float:
    return min(max(value, choices.low), choices.high) if isinstance(choices, Range) else choices.index(value)
