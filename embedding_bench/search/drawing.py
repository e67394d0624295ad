"""Settings drawn from a space, and what Optuna says of them."""

import warnings
from typing import Any

import optuna
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.exceptions import ExperimentalWarning

from embedding_bench.artifacts.search import Trials
from embedding_bench.settings.search import Range, Space, Values

TELLING = 8  # trials; importances and edges of fewer would be chance
EDGE = 0.1  # of a range's width, on the logarithmic scale
PATIENCE = 4  # draws for each setting that is new
MATTERS = 0.1  # of the variance of scores; who lists three choices has two ends


def draw(space: Space, own: Values, count: int, seed: int) -> list[Values]:
    """Draw settings other than one's own by scrambled Sobol' points, which fill a space more evenly than random ones.

    The first n of more are the same. A small space has fewer than `count`.
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
    for _ in range(PATIENCE * count):
        params = study.ask(dict(distributions)).params
        values = {key: _value(space[key], params[key]) for key in space}
        if values != own and values not in drawn:
            drawn.append(values)
        if len(drawn) == count:
            break
    return drawn


def tell(space: Space, found: Trials, seed: int) -> Trials:
    """Add the space, and of enough trials the importances of settings and the chosen ones at an edge."""
    drawn = [trial for trial in found.trials[1:] if trial.scores]
    scores = [trial.scores[0][0] for trial in drawn]  # of the first round, in which all took part
    shares = importances(space, [trial.settings for trial in drawn], scores, seed) if len(drawn) >= TELLING else {}
    plain = {key: values.model_dump() if isinstance(values, Range) else values for key, values in space.items()}
    at_edge = edges(space, found.trials[found.best].settings, shares)
    return found.model_copy(update={"space": plain, "importances": shares, "edges": at_edge})


def importances(space: Space, trials: list[Values], scores: list[float], seed: int) -> dict[str, float]:
    """Return the share of the variance of scores that each setting explains: fANOVA (Hutter et al., 2014)."""
    if len({*scores}) < 2:
        return {}
    if len(space) == 1:
        return dict.fromkeys(space, 1.0)
    study, distributions = optuna.create_study(direction="maximize"), _distributions(space)
    for values, score in zip(trials, scores, strict=True):
        params = {key: _position(space[key], values[key]) for key in space}
        study.add_trial(optuna.trial.create_trial(params=params, distributions=dict(distributions), value=score))
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {key: round(float(found[key]), 3) for key in space}


def edges(space: Space, values: Values, shares: dict[str, float]) -> list[str]:
    """Name the settings that matter and lie at an end of their space, so that a better value may lie beyond it.

    `shares` are their importances.
    """
    return [key for key, choices in space.items() if shares.get(key, 0) >= MATTERS and _at_edge(choices, values[key])]


def _at_edge(choices: Range | list[Any], value: Any) -> bool:
    if isinstance(choices, Range):
        width = choices.high / choices.low
        return not choices.low * width**EDGE < value < choices.high / width**EDGE
    ordered = len(choices) > 2 and all(isinstance(choice, int | float) for choice in choices)
    least = isinstance(value, int) and value <= 1  # a count, of which there is no smaller one
    return ordered and (value == max(choices) or (value == min(choices) and not least))


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
