import itertools

import numpy as np
import pytest

from embedding_bench.evaluation.effects import interactions, main_effects
from embedding_bench.evaluation.statistics import Sample, contrast, sample
from embedding_bench.settings.run import Variant

CONFIDENCE = 0.95


def cells(accuracy: dict[tuple[str, str], float], rng: np.random.Generator, replicates: int = 5, luck: float = 0.02):
    """Hits of variants of two axes, on texts of varying difficulty and with seeds of varying luck."""
    texts = 400
    difficulty = rng.normal(0, 0.2, (1, texts))
    hits = {}
    for (vectors, encoder), mean in accuracy.items():
        chance = np.clip(mean + difficulty + rng.normal(0, luck, (replicates, 1)), 0, 1)
        hits[Variant("words", vectors, "frozen", encoder)] = (rng.random((replicates, texts)) < chance).astype(float)
    return hits


def summarised(hits: dict[Variant, np.ndarray]) -> dict[Variant, Sample]:
    return {variant: sample(right) for variant, right in hits.items()}


A_MEAN, A_BILSTM, B_MEAN, B_BILSTM = (
    Variant("words", vectors, "frozen", encoder) for vectors in "ab" for encoder in ("mean", "bilstm")
)
ACCURACY = {("a", "mean"): 0.5, ("a", "bilstm"): 0.6, ("b", "mean"): 0.6, ("b", "bilstm"): 0.8}


def test_effects_add_up():
    hits = cells(ACCURACY, np.random.default_rng(1))
    mains = {row["value"]: row["mean"] for row in main_effects(summarised(hits), CONFIDENCE)}
    both = {tuple(row["values"]): row["mean"] for row in interactions(summarised(hits), CONFIDENCE)}
    overall = np.mean([right.mean() for right in hits.values()])
    assert list(mains) == ["a", "b", "mean", "bilstm"]
    assert mains["a"] + mains["b"] == pytest.approx(0, abs=1e-6)
    for variant, right in hits.items():
        sum_of_effects = overall + mains[variant.vectors] + mains[variant.encoder]
        assert right.mean() == pytest.approx(sum_of_effects + both[variant.vectors, variant.encoder], abs=1e-5)


def left_out() -> dict[Variant, Sample]:
    """Two vectors x two tunings x two encoders with additive accuracies, without frozen `a`."""
    effects = {"a": 0.0, "b": 0.05, "frozen": 0.0, "finetuned": 0.1, "mean": 0.0, "bilstm": 0.02}
    found = {}
    for vectors, tuning, encoder in itertools.product("ab", ("frozen", "finetuned"), ("mean", "bilstm")):
        if (vectors, tuning) != ("a", "frozen"):
            accuracy = 0.5 + effects[vectors] + effects[tuning] + effects[encoder]
            right = np.arange(1000) < round(1000 * accuracy)
            found[Variant("words", vectors, tuning, encoder)] = sample(np.stack([right, right]).astype(float))
    return found


def test_where_cells_were_left_out_effects_are_those_of_the_cells_that_can_be_compared():
    """Without the model, `b` would be the worse for the frozen cells that `a` lacks."""
    mains = {row["value"]: row["mean"] for row in main_effects(left_out(), CONFIDENCE)}
    assert mains == pytest.approx(
        {"a": -0.025, "b": 0.025, "frozen": -0.05, "finetuned": 0.05, "mean": -0.01, "bilstm": 0.01}, abs=1e-6
    )


def test_axes_whose_pairs_were_not_all_trained_have_no_interaction():
    rows = interactions(left_out(), CONFIDENCE)
    assert {tuple(row["axes"]) for row in rows} == {("vectors", "encoder"), ("tuning", "encoder")}
    assert [row["mean"] for row in rows] == pytest.approx([0] * 8, abs=1e-6)


def test_an_axis_with_one_value_has_no_effect():
    hits = cells({("a", "mean"): 0.5, ("b", "mean"): 0.6}, np.random.default_rng(1))
    assert {row["axis"] for row in main_effects(summarised(hits), CONFIDENCE)} == {"vectors"}
    assert interactions(summarised(hits), CONFIDENCE) == []


def test_an_interaction_names_its_axes_and_values():
    rows = interactions(summarised(cells(ACCURACY, np.random.default_rng(1))), CONFIDENCE)
    assert [(row["axes"], row["values"]) for row in rows] == [
        (["vectors", "encoder"], list(values)) for values in itertools.product("ab", ("mean", "bilstm"))
    ]


def test_intervals_of_effects_have_nominal_coverage():
    """Of 300 simulated experiments 92 to 99 % of the intervals contain the true effect; texts and seeds vary."""
    rng, covered = np.random.default_rng(2), []
    wide = {cell: 0.3 + 0.4 * mean for cell, mean in ACCURACY.items()}  # no chance is cut off at 0 or 1
    overall = np.mean(list(wide.values()))
    for _ in range(300):
        hits = cells(wide, rng)
        for row in main_effects(summarised(hits), CONFIDENCE):
            axis = 0 if row["axis"] == "vectors" else 1
            true = np.mean([mean for cell, mean in wide.items() if cell[axis] == row["value"]]) - overall
            covered.append(row["low"] <= true <= row["high"])
        for row in interactions(summarised(hits), CONFIDENCE):
            first, second = (
                np.mean([mean for cell, mean in wide.items() if cell[axis] == row["values"][axis]]) for axis in (0, 1)
            )
            covered.append(row["low"] <= wide[tuple(row["values"])] - first - second + overall <= row["high"])
    assert 0.92 <= np.mean(covered) <= 0.99


def test_a_contrast_and_its_opposite_are_one_test():
    """Of two axes with two values there is one interaction: its p value needs no correction."""
    hits = cells(ACCURACY, np.random.default_rng(1))
    rows = interactions(summarised(hits), CONFIDENCE)
    samples = summarised(hits)
    signs = {A_MEAN: 0.25, A_BILSTM: -0.25, B_MEAN: -0.25, B_BILSTM: 0.25}
    expected = contrast([(sign, samples[variant]) for variant, sign in signs.items()])
    assert rows[0]["p_value"] == pytest.approx(expected.p_value(), abs=1e-6)
    assert [row["low"] for row in rows] == pytest.approx(
        [-rows[1]["high"], rows[1]["low"], rows[1]["low"], -rows[1]["high"]]
    )
    assert {abs(row["mean"]) for row in rows} == {abs(rows[0]["mean"])}


def test_false_positives_are_rare():
    """Holm keeps the chance of any false positive among all main effects at 5 %; uncorrected, it is 28 % (measured)."""
    rng = np.random.default_rng(3)
    same = dict.fromkeys(itertools.product("abcde", ("mean", "bilstm")), 0.6)
    found = [main_effects(summarised(cells(same, rng, replicates=1, luck=0)), CONFIDENCE) for _ in range(300)]
    assert np.mean([any(row["p_value"] < 0.05 for row in rows) for rows in found]) <= 0.08
    for row in itertools.chain.from_iterable(found):
        assert (row["p_value"] < 0.05) is (row["low"] > 0 or row["high"] < 0)
