"""Does the interval of the selected row hold, and does the row beat its equals?

All variants are equal, so that whatever distinguishes the selected one is luck. It is selected on 500 validation texts
by the rule of the stages, and measured on 2,000 test texts.
"""

from typing import Any, NamedTuple

import numpy as np

from benchmarks.simulations.world import accuracy_of, difficulties, margins, seed_sd_of, skill_of, to_probabilities
from embedding_bench.evaluation.criteria import Values
from embedding_bench.evaluation.outcomes import Hits, sampled
from embedding_bench.evaluation.ranking import rank_rows, to_confirm
from embedding_bench.evaluation.selection import candidate
from embedding_bench.evaluation.statistics import Sample, contrast, differences, estimate

ACCURACY, CONFIDENCE, LEVEL = 0.8, 0.95, 0.05
VALIDATION, TEST = 500, 2000
SEED_SDS, VARIANTS, REPLICATES = (0.5, 1.5, 3.0), (2, 8, 24), (3, 5)  # standard deviations in points


class Trial(NamedTuple):
    """One experiment: do intervals contain the truth, does the selected row significantly beat an equal one?"""

    as_selected: bool
    confirmed: bool
    other_row: bool
    runner_up: bool
    beats_as_selected: bool
    beats: bool
    bias_as_selected: float
    bias: float


def experiment(rng: np.random.Generator, variants: int, replicates: int, seed_sd: float) -> Trial:
    """Select among equal variants, confirm the selected one and the runner-up, and compare with the truth."""
    names = [str(number) for number in range(variants)]
    truth = accuracy_of(skill_of(ACCURACY), seed_sd)
    validation, test = difficulties(rng, VALIDATION), difficulties(rng, TEST)
    labels = np.arange(VALIDATION, dtype=np.int32) % 2
    candidates, values = {}, {}
    for name in names:
        skills = rng.normal(skill_of(ACCURACY), seed_sd, replicates)
        validated = to_probabilities(margins(rng, skills, validation), labels, sharpness=3.0)
        candidates[name] = candidate(labels, validated, "accuracy")
        values[name] = [_hits(rng, skills, test)]
    selected, runner_up = to_confirm(rank_rows(candidates, names), names)
    before = sampled(Hits(values, dict.fromkeys(names, "alike")))
    for name in (selected, runner_up):
        values[name].append(_hits(rng, rng.normal(skill_of(ACCURACY), seed_sd, replicates), test))
    after = sampled(Hits(values, dict.fromkeys(names, "alike")))
    low, high = contrast([(1.0, after[selected]), (-1.0, after[runner_up])]).interval(CONFIDENCE)
    return Trial(
        _covers(before[selected], truth),
        _covers(after[selected], truth),
        _covers(before["0"], truth),
        low <= 0 <= high,
        _beats(before, selected),
        _beats(after, selected),
        float(before[selected].texts.mean()) - truth,
        float(after[selected].texts.mean()) - truth,
    )


def _hits(rng: np.random.Generator, skills: Values, texts: Values) -> Values:
    return (margins(rng, skills, texts) > 0).astype(np.float64)


def _covers(row: Sample, truth: float) -> bool:
    low, high = estimate(row).interval(CONFIDENCE)
    return low <= truth <= high


def _beats(rows: dict[str, Sample], selected: str) -> bool:
    others = [row for name, row in rows.items() if name != selected]
    compared = differences(rows[selected], others, CONFIDENCE)
    return any(each.p_value < LEVEL and each.mean > 0 for each in compared)


def simulate(experiments: int) -> list[dict[str, Any]]:
    """Simulate every cell: the share of experiments with each property, and the bias in points."""
    rows = []
    for variants in VARIANTS:
        for replicates in REPLICATES:
            for points in SEED_SDS:
                rng = np.random.default_rng([variants, replicates, round(10 * points)])
                sd = seed_sd_of(points, ACCURACY)
                trials = [experiment(rng, variants, replicates, sd) for _ in range(experiments)]
                shares = {name: float(np.mean([getattr(each, name) for each in trials])) for name in Trial._fields}
                biases = {name: 100 * shares.pop(name) for name in ("bias_as_selected", "bias")}
                cell = {"variants": variants, "replicates": replicates, "seed_sd": points, "experiments": experiments}
                rows.append({**cell, **{name: round(value, 4) for name, value in {**shares, **biases}.items()}})
                print(rows[-1], flush=True)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Format the results as a Markdown table."""
    lines = [
        "| equal variants | replicates | seed sd | as selected: coverage, bias | confirmed: coverage, bias | any other "
        "row | difference to the runner-up | beats an equal: as selected | confirmed |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        shares = {name: f"{100 * row[name]:.1f} %" for name in Trial._fields if not name.startswith("bias")}
        lines.append(
            f"| {row['variants']} | {row['replicates']} | {row['seed_sd']:.1f} | {shares['as_selected']}, "
            f"{row['bias_as_selected']:+.1f} | {shares['confirmed']}, {row['bias']:+.1f} | {shares['other_row']} | "
            f"{shares['runner_up']} | {shares['beats_as_selected']} | {shares['beats']} |"
        )
    return "\n".join(lines)
