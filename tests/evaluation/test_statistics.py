import numpy as np
import pytest
from scipy import stats

from embedding_bench.evaluation.metrics import measure
from embedding_bench.evaluation.statistics import differences, estimate, hits, holm, macro_f1_values

CONFIDENCE = 0.95


def simulate(rng: np.random.Generator, replicates: int, items: int, seed_sd: float) -> np.ndarray:
    """Right answers of trainings of varying skill, on items of varying difficulty: [replicates, items].

    Skill and difficulty add up on the probit scale, as in generalisability theory; the mean over both is known.
    """
    skill = rng.normal(0.8, seed_sd, (replicates, 1))
    difficulty = rng.normal(0, 1.0, (1, items))
    return (skill + difficulty + rng.normal(0, 0.5, (replicates, items)) > 0).astype(float)


def true_mean(seed_sd: float) -> float:
    return float(stats.norm.cdf(0.8 / np.sqrt(seed_sd**2 + 1.0 + 0.25)))


def covered_share(experiments: int, replicates: int, items: int, seed_sd: float) -> float:
    """Simulate experiments, and return the share of intervals that contain the true accuracy."""
    rng, covered = np.random.default_rng(items), 0
    for _ in range(experiments):
        low, high = estimate(simulate(rng, replicates, items, seed_sd)).interval(CONFIDENCE)
        covered += low <= true_mean(seed_sd) <= high
    return covered / experiments


@pytest.mark.parametrize(("items", "seed_sd"), [(500, 0.1), (2000, 0.1), (2000, 0.03), (7600, 0.02)])
def test_intervals_have_nominal_coverage(items, seed_sd):
    """Of 2,000 simulated experiments with 5 replicates, 93 to 97 % of the intervals contain the true accuracy."""
    assert 0.93 <= covered_share(2000, 5, items, seed_sd) <= 0.97


@pytest.mark.parametrize(("items", "seed_sd"), [(2000, 0.1), (7600, 0.02), (25000, 0.02)])
def test_three_replicates_cover_a_little_less(items, seed_sd):
    """What README says of the published runs: 800 simulated experiments with 3 replicates."""
    assert 0.92 <= covered_share(800, 3, items, seed_sd) <= 0.97


def test_false_positives_are_as_rare_as_nominal():
    rng = np.random.default_rng(7)
    positives = 0
    for _ in range(1000):
        difficulty = rng.normal(0, 1, (1, 500))
        first, second = (
            (rng.normal(0.8, 0.05, (5, 1)) + difficulty + rng.normal(0, 0.5, (5, 500)) > 0).astype(float)
            for _ in range(2)
        )
        positives += differences(first, [second], CONFIDENCE)[0].p_value < 0.05
    assert positives / 1000 <= 0.07


def test_one_replicate_has_the_item_term_alone():
    values = np.asarray([[1, 0, 1, 1]], dtype=float)
    estimated = estimate(values)
    assert estimated.sd is None
    assert estimated.error == pytest.approx(values.std(ddof=1) / 2)
    assert estimated.freedom == 3


def test_seeds_widen_the_interval():
    same = np.tile([1.0, 0, 1, 1], (4, 1))
    apart = np.asarray([[1.0, 1, 1, 1], [1, 0, 1, 1], [1, 0, 1, 1], [1, -1, 1, 1]])
    assert estimate(apart).error > estimate(same).error
    assert estimate(same).sd == 0


@pytest.mark.parametrize("items", [8, 30, 200])
def test_unanimous_hits_keep_a_width(items):
    wilson = stats.binomtest(items, items).proportion_ci(CONFIDENCE, method="wilson").low
    for replicates in (1, 5):
        assert estimate(np.ones((replicates, items))).interval(CONFIDENCE)[0] == pytest.approx(wilson, abs=0.03)


@pytest.mark.parametrize(("accuracy", "items"), [(0.97, 30), (0.95, 8), (0.99, 100), (0.9, 20)])
def test_intervals_of_few_texts_hold(accuracy, items):
    rng = np.random.default_rng(1)
    samples = (rng.random((1000, 1, items)) < accuracy).astype(float)
    intervals = [estimate(values).interval(CONFIDENCE) for values in samples]
    assert np.mean([low <= accuracy <= high for low, high in intervals]) >= 0.94


def test_rows_with_equal_predictions_do_not_differ():
    estimated = estimate(np.zeros((3, 50)))
    assert estimated.p_value() == 1
    assert estimated.interval(CONFIDENCE)[0] < 0 < estimated.interval(CONFIDENCE)[1]


def test_pairing_narrows_the_interval():
    rng = np.random.default_rng(1)
    base = (rng.random((3, 1000)) < 0.8).astype(float)
    better = base.copy()
    better[:, :20] = 1
    (difference,) = differences(better, [base], CONFIDENCE)
    assert difference.low > 0
    assert difference.mean == pytest.approx(better.mean() - base.mean())
    assert difference.high - difference.low < 2 * (estimate(base).error)


def test_a_baseline_of_one_replicate_is_compared_with_all():
    rng = np.random.default_rng(2)
    selected, baseline = (rng.random((5, 300)) < 0.9).astype(float), (rng.random((1, 300)) < 0.7).astype(float)
    (difference,) = differences(selected, [baseline], CONFIDENCE)
    assert difference.mean == pytest.approx(selected.mean() - baseline.mean())
    assert difference.p_value < 0.001


def test_holm_corrects_step_by_step():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    assert max(holm([0.5, 0.9])) <= 1


@pytest.mark.parametrize("classes", [3, 4])  # of which three occur
def test_macro_f1_values_average_to_the_macro_f1(classes):
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 400).astype(np.int32)
    probabilities = rng.dirichlet([1] * classes, (2, 400)).astype(np.float32)
    values = macro_f1_values(labels, probabilities)
    expected = [measure(labels, replicate)["macro_f1"] for replicate in probabilities]
    assert values.mean(axis=1) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("classes", [3, 4])
def test_the_error_of_macro_f1_equals_the_bootstraps(classes):
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 3, 600).astype(np.int32)
    probabilities = rng.dirichlet([1] * classes, 600).astype(np.float32)
    probabilities[np.arange(600), labels] += 0.5
    resampled = [rng.integers(0, 600, 600) for _ in range(400)]
    bootstrap = np.std([measure(labels[rows], probabilities[rows])["macro_f1"] for rows in resampled])
    assert estimate(macro_f1_values(labels, probabilities[None])).error == pytest.approx(bootstrap, rel=0.12)


def test_hits_mark_right_predictions():
    probabilities = np.asarray([[[0.9, 0.1], [0.2, 0.8]], [[0.1, 0.9], [0.3, 0.7]]], np.float32)
    assert hits(np.asarray([0, 1], np.int32), probabilities).tolist() == [[1, 1], [0, 1]]
