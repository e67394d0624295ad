"""What fits into the time that one has: contestants, trials, replicates, label budgets, tokens of a text.

From the least experiment on, whatever is worth most for its time is added, as long as the whole fits. The baselines are
always run.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from embedding_bench.project.estimate import estimate_seconds, in_words
from embedding_bench.project.proposal import Size
from embedding_bench.project.speeds import Speeds
from embedding_bench.settings.complete import Settings
from embedding_bench.settings.encoders import CNNEncoder, Encoder, RecurrentEncoder
from embedding_bench.settings.vectors import PredictiveVectors, RandomVectors

REPLICATES = [2, 3, 5]
BUDGETS: list[list[int]] = [[], [100, 500], [100, 500, 2000]]
TRIALS = [0, 4, 8, 16]  # of settings, for each row
TOKENS = [100, 200, 400]  # of a text, for encoders that read in order
EPOCHS = [2, 5, 10, 20]  # of word2vec and fastText
# What each is worth: which contestants won on AG News, IMDb, TREC and the sample corpus, and what makes sure of it.
WORTH = {"ngrams": 3.0, "cnn": 3.0, "recurrent": 2.0, "pooling": 1.0, "vectors": 3.0}
REPLICATES_WORTH = {2: 0.0, 3: 2.0, 5: 3.0}
BUDGET_WORTH = 1.0
TRIALS_WORTH = {0: 0.0, 4: 1.0, 8: 1.5, 16: 2.0}  # on TREC, most rows kept the settings of params.yaml


class Plan(NamedTuple):
    """A choice of each; `tokens` and `epochs` are upper limits of the values in params.yaml."""

    encoders: tuple[str, ...]
    vectors: tuple[str, ...]
    replicates: int
    budgets: int  # index of BUDGETS
    tokens: int
    epochs: int
    trials: int

    def changes(self, settings: Settings) -> dict[str, Any]:
        """Return the values of params.yaml that this plan decides, also those that stay: an earlier plan had others."""
        changes: dict[str, Any] = {
            "run": {
                "encoders": [name for name in settings.run.encoders if name in self.encoders],
                "vectors": [name for name in settings.run.vectors if name in self.vectors],
            },
            "search": {"trials": self.trials},
            "training": {"replicates": self.replicates, "label_budgets": BUDGETS[self.budgets]},
        }
        for name in self.encoders:
            if declared := settings.encoders[name].max_tokens:
                changes.setdefault("encoders", {})[name] = {"max_tokens": min(declared, self.tokens)}
        for name in self.vectors:
            source = settings.vectors[name]
            if isinstance(source, PredictiveVectors):
                changes.setdefault("vectors", {})[name] = {"epochs": min(source.epochs, self.epochs)}
        return changes

    def apply(self, settings: Settings) -> Settings:
        """Return the settings with these changes."""
        return Settings.model_validate(merged(settings.model_dump(), self.changes(settings)))


class Planned(NamedTuple):
    """The changes of params.yaml, the seconds of the run, and what was left out, with the seconds that it would add."""

    changes: dict[str, Any]
    seconds: float
    left_out: list[tuple[str, float]]

    def describe(self, minutes: float, cores: int) -> Iterator[str]:
        """Yield lines for the user."""
        yield (
            f"plan for {minutes:g} minutes (--minutes) on {cores} core{'s' if cores > 1 else ''}, by the speeds of "
            f"this machine on these texts: {in_words(self.seconds)}"
        )
        if self.seconds > 60 * minutes:
            yield "  more than asked: no experiment is shorter than all baselines and one variant"
        for what, seconds in self.left_out:
            yield f"  left out: {what}, {in_words(seconds)} more"


def make_plan(settings: Settings, size: Size, speeds: Speeds, cores: int, minutes: float) -> Planned:
    """Choose what fits, of the run of `settings` and of a few choices beyond."""

    def seconds(plan: Plan) -> float:
        return estimate_seconds(plan.apply(settings), size, speeds, cores)

    plan = least(settings, speeds)
    now = seconds(plan)
    while True:
        fitting = [(each, gain, seconds(each) - now) for _, each, gain in upgrades(plan, settings, size)]
        fitting = [(each, gain, more) for each, gain, more in fitting if now + more <= 60 * minutes]
        if not fitting:
            break
        plan, _, more = max(fitting, key=lambda choice: choice[1] / max(choice[2], 1.0))
        now += more
    left_out = [(what, seconds(each) - now) for what, each, _ in upgrades(plan, settings, size)]
    return Planned(plan.changes(settings), now, left_out)


def least(settings: Settings, speeds: Speeds) -> Plan:
    """Return the plan of one variant: n-grams if the run has them, or its fastest encoder; random vectors if it can."""
    encoders = sorted(settings.run.encoders, key=lambda name: speeds.encoders[name])
    first = next((name for name in encoders if settings.encoders[name].longest_ngram), encoders[0])
    tuned = any(settings.tuning[name].trainable for name in settings.run.tuning)
    random = [name for name in settings.run.vectors if isinstance(settings.vectors[name], RandomVectors) and tuned]
    return Plan((first,), ((*random, *settings.run.vectors)[0],), REPLICATES[0], 0, TOKENS[0], EPOCHS[0], TRIALS[0])


def upgrades(plan: Plan, settings: Settings, size: Size) -> Iterator[tuple[str, Plan, float]]:
    """Yield what could be added: its name, the plan with it, and what it is worth."""
    for name in settings.run.encoders:
        if name not in plan.encoders:
            yield f"encoder {name}", plan._replace(encoders=(*plan.encoders, name)), _worth(settings.encoders[name])
    for name in settings.run.vectors:
        if name not in plan.vectors:
            yield f"{name} vectors", plan._replace(vectors=(*plan.vectors, name)), WORTH["vectors"]
    for count in REPLICATES[REPLICATES.index(plan.replicates) + 1 :][:1]:
        gain = REPLICATES_WORTH[count] - REPLICATES_WORTH[plan.replicates]
        yield f"{count} replicates instead of {plan.replicates}", plan._replace(replicates=count), gain
    for count in TRIALS[TRIALS.index(plan.trials) + 1 :][:1]:
        gain = TRIALS_WORTH[count] - TRIALS_WORTH[plan.trials]
        yield f"{count} trials of settings for each row instead of {plan.trials}", plan._replace(trials=count), gain
    more = BUDGETS[plan.budgets + 1 :][:1]
    if more and max(more[0]) < size.train / 2:
        yield f"label budgets {', '.join(map(str, more[0]))}", plan._replace(budgets=plan.budgets + 1), BUDGET_WORTH
    read = [settings.encoders[name].max_tokens or 0 for name in plan.encoders]
    for count in TOKENS[TOKENS.index(plan.tokens) + 1 :][:1]:
        if max(read) > plan.tokens:
            yield f"{count} tokens of a text instead of {plan.tokens}", plan._replace(tokens=count), 1.0
    own = [settings.vectors[name] for name in plan.vectors]
    for count in EPOCHS[EPOCHS.index(plan.epochs) + 1 :][:1]:
        if any(isinstance(source, PredictiveVectors) and source.epochs > plan.epochs for source in own):
            what = f"{count} epochs of vectors trained on the texts instead of {plan.epochs}"
            yield what, plan._replace(epochs=count), 0.5


def _worth(encoder: Encoder) -> float:
    if isinstance(encoder, RecurrentEncoder):
        return WORTH["recurrent"]
    if isinstance(encoder, CNNEncoder):
        return WORTH["cnn"]
    return WORTH["ngrams" if encoder.longest_ngram else "pooling"]


def merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return nested values with some changed.

    >>> merged({"run": {"encoders": ["mean"]}, "input": "a"}, {"run": {"vectors": ["random"]}})
    {'run': {'encoders': ['mean'], 'vectors': ['random']}, 'input': 'a'}
    """
    both = {
        key: value for key, value in changes.items() if isinstance(value, dict) and isinstance(values.get(key), dict)
    }
    return {**values, **changes, **{key: merged(values[key], value) for key, value in both.items()}}
