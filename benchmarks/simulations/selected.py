"""Does the interval of the selected row hold, and does the row differ from its equals?

All variants have the same accuracy, so that whatever distinguishes the selected one is luck; their seeds vary alike or,
in the last cells, by turns little and much. It is selected on 500 validation texts
by the rule of the stages, and measured on 2,000 test texts.
"""

from itertools import cycle
from typing import Any, NamedTuple

import numpy as np

from benchmarks.simulations.world import difficulties, margins, seed_sd_of, skill_of, to_probabilities
from embedding_bench.evaluation.criteria import Values
from embedding_bench.evaluation.outcomes import Hits, sampled
from embedding_bench.evaluation.ranking import rank_rows, to_confirm
from embedding_bench.evaluation.selection import candidate
from embedding_bench.evaluation.statistics import Comparison, Sample, contrast, differences, estimate

ACCURACY, CONFIDENCE, LEVEL = 0.8, 0.95, 0.05
VALIDATION, TEST = 500, 2000
SEED_SDS = ((0.5,), (1.5,), (3.0,), (0.5, 3.0))  # of accuracy in points, by turns among the variants
VARIANTS, REPLICATES = (2, 8, 24), (3, 5)


class Trial(NamedTuple):
    """One experiment: do intervals contain the truth, and does the selected row significantly differ from an equal one?

    `given_row` is the first variant as it was before, whether it was selected or not; `next_row` the difference of the
    two confirmed variants. `beats` counts better rows alone, `differs` both directions.
    """

    as_selected: bool
    confirmed: bool
    given_row: bool
    next_row: bool
    beats_as_selected: bool
    beats: bool
    differs: bool
    bias_as_selected: float
    bias: float


def experiment(rng: np.random.Generator, variants: int, replicates: int, points: tuple[float, ...]) -> Trial:
    """Select among equal variants, confirm two, and compare with the truth; `points` are seed sds, by turns."""
    names = [str(number) for number in range(variants)]
    seed_sds = {name: seed_sd_of(sd, ACCURACY) for name, sd in zip(names, cycle(points), strict=False)}
    validation, test = difficulties(rng, VALIDATION), difficulties(rng, TEST)
    labels = np.arange(VALIDATION, dtype=np.int32) % 2
    candidates, values = {}, {}
    for name, seed_sd in seed_sds.items():
        skills = _skills(rng, replicates, seed_sd)
        validated = to_probabilities(margins(rng, skills, validation), labels, sharpness=3.0)
        candidates[name] = candidate(labels, validated, "accuracy")
        values[name] = [_hits(rng, skills, test)]
    selected, following = to_confirm(rank_rows(candidates, names), names)
    before = sampled(Hits(values, dict.fromkeys(names, "alike")))
    for name in (selected, following):
        values[name].append(_hits(rng, _skills(rng, replicates, seed_sds[name]), test))
    after = sampled(Hits(values, dict.fromkeys(names, "alike")))
    low, high = contrast([(1.0, after[selected]), (-1.0, after[following])]).interval(CONFIDENCE)
    return Trial(
        _covers(before[selected]),
        _covers(after[selected]),
        _covers(before["0"]),
        low <= 0 <= high,
        any(each.mean > 0 for each in _differing(before, selected)),
        any(each.mean > 0 for each in _differing(after, selected)),
        bool(_differing(after, selected)),
        float(before[selected].texts.mean()) - ACCURACY,
        float(after[selected].texts.mean()) - ACCURACY,
    )


def _skills(rng: np.random.Generator, replicates: int, seed_sd: float) -> Values:
    return rng.normal(skill_of(ACCURACY, seed_sd), seed_sd, replicates)


def _hits(rng: np.random.Generator, skills: Values, texts: Values) -> Values:
    return (margins(rng, skills, texts) > 0).astype(np.float64)


def _covers(row: Sample) -> bool:
    low, high = estimate(row).interval(CONFIDENCE)
    return low <= ACCURACY <= high


def _differing(rows: dict[str, Sample], selected: str) -> list[Comparison]:
    """Compare the selected row with all others, and return the significant differences."""
    others = [row for name, row in rows.items() if name != selected]
    return [each for each in differences(rows[selected], others, CONFIDENCE) if each.p_value < LEVEL]


def simulate(experiments: int) -> list[dict[str, Any]]:
    """Simulate every cell: the share of experiments with each property, and the bias in points."""
    rows = []
    for variants in VARIANTS:
        for replicates in REPLICATES:
            for points in SEED_SDS:
                rng = np.random.default_rng([variants, replicates, *(round(10 * sd) for sd in points)])
                trials = [experiment(rng, variants, replicates, points) for _ in range(experiments)]
                shares = {name: float(np.mean([getattr(each, name) for each in trials])) for name in Trial._fields}
                biases = {name: 100 * shares.pop(name) for name in ("bias_as_selected", "bias")}
                cell = {"variants": variants, "replicates": replicates, "seed_sds": points, "experiments": experiments}
                rows.append({**cell, **{name: round(value, 4) for name, value in {**shares, **biases}.items()}})
                print(rows[-1], flush=True)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Format the results as a Markdown table."""
    lines = [
        "| equal variants | replicates | seed sd | as selected: coverage, bias | confirmed: coverage, bias | a given "
        "row | difference of the two confirmed | beats an equal: as selected | confirmed | differs from an equal |",
        "|" + " --- |" * 10,
    ]
    for row in rows:
        shares = {name: f"{100 * row[name]:.1f} %" for name in Trial._fields if not name.startswith("bias")}
        lines.append(
            f"| {row['variants']} | {row['replicates']} | {' and '.join(map(str, row['seed_sds']))} | "
            f"{shares['as_selected']}, {row['bias_as_selected']:+.1f} | {shares['confirmed']}, {row['bias']:+.1f} | "
            f"{shares['given_row']} | {shares['next_row']} | {shares['beats_as_selected']} | {shares['beats']} | "
            f"{shares['differs']} |"
        )
    return "\n".join(lines)
