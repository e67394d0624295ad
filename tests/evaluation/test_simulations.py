"""What docs/statistics.md says of selection is what the simulations found, and a small one finds it again."""

import numpy as np
import pytest

from benchmarks.simulations.__main__ import PAGE, SIMULATIONS, page, read
from benchmarks.simulations.selected import ACCURACY, experiment
from benchmarks.simulations.world import accuracy_of, difficulties, margins, seed_sd_of, skill_of


def test_the_page_has_the_tables_of_the_kept_results():
    assert page(PAGE.read_text()) == PAGE.read_text()


def test_confirmed_intervals_hold_and_rarely_beat_equals_in_every_cell():
    rows = read("selected")
    cells = {(row["variants"], row["replicates"], row["seed_sd"]) for row in rows}
    assert cells == {(v, r, sd) for v in (2, 8, 24) for r in (3, 5) for sd in (0.5, 1.5, 3.0)}
    assert min(row["confirmed"] for row in rows) >= 0.93
    assert max(row["beats"] for row in rows) <= 0.05


def test_versions_that_are_alike_keep_the_error_of_the_title():
    assert all(row["spent"] <= 0.05 for row in read("titles") if row["situation"].startswith("versions alike"))


def test_no_rule_has_less_mean_regret_than_the_one_in_use():
    rows = read("rules")
    regrets = {rule: np.mean([row["gap"] * (1 - row["right"][rule]) for row in rows]) for rule in rows[0]["right"]}
    (used,) = (rule for rule in regrets if rule.endswith("(now)"))
    assert regrets[used] <= min(regrets.values()) + 1e-4


def test_the_simulated_accuracy_is_the_true_one():
    rng = np.random.default_rng(1)
    seed_sd = seed_sd_of(2.0, ACCURACY)
    skills = rng.normal(skill_of(ACCURACY), seed_sd, 4000)
    accuracies = (margins(rng, skills, difficulties(rng, 500)) > 0).mean(axis=1)
    assert accuracies.std() == pytest.approx(0.02, abs=0.005)
    found = np.mean([(margins(rng, skills[:50], difficulties(rng, 500)) > 0).mean() for _ in range(200)])
    assert found == pytest.approx(accuracy_of(skill_of(ACCURACY), seed_sd), abs=0.005)


def test_fresh_seeds_mend_the_interval_of_the_selected_row():
    rng = np.random.default_rng(2)
    trials = [experiment(rng, 8, 3, seed_sd_of(3.0, ACCURACY)) for _ in range(200)]
    confirmed, as_selected = (np.mean([getattr(t, name) for t in trials]) for name in ("confirmed", "as_selected"))
    assert as_selected < 0.92 < confirmed
    assert abs(np.mean([t.bias for t in trials])) < 0.005 < np.mean([t.bias_as_selected for t in trials])


@pytest.mark.parametrize("name", SIMULATIONS)
def test_a_small_simulation_runs_and_makes_a_table(name, monkeypatch, capsys):
    module, _ = SIMULATIONS[name]
    smaller = {"VARIANTS": (2,), "REPLICATES": (2,), "SEED_SDS": (1.0,), "TEXTS": (25,), "GAPS": (0.02,)}
    for constant, value in smaller.items():
        if hasattr(module, constant) and (name, constant) != ("titles", "TEXTS"):
            monkeypatch.setattr(module, constant, value)
    assert module.table(module.simulate(2)).count("\n") >= 2
    assert capsys.readouterr().out
