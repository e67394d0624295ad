import json
import re
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import stats

from embedding_bench.artifacts import leaderboard
from embedding_bench.artifacts.leaderboard import Leaderboard, LearningPair
from embedding_bench.artifacts.search import Trials
from embedding_bench.artifacts.selection import Ranks
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.leaderboard import build_rows, validation_gap
from embedding_bench.evaluation.metrics import measure
from embedding_bench.evaluation.outcomes import Outcome, Predicted, curves_of
from embedding_bench.evaluation.ranking import rank_rows, to_confirm
from embedding_bench.evaluation.rendering import to_comment, to_markdown, to_sentence, to_text
from embedding_bench.evaluation.selection import candidate
from embedding_bench.settings.run import Variant
from tests.conftest import ROOT

LABELS = np.random.default_rng(0).integers(0, 2, 500).astype(np.int32)
VALIDATION = np.random.default_rng(1).integers(0, 2, 100).astype(np.int32)


def predict(labels: np.ndarray, accuracy: float, seed: int) -> np.ndarray:
    right = np.random.default_rng(seed).random(len(labels)) < accuracy
    predicted = np.where(right, labels, 1 - labels)
    return np.eye(2, dtype=np.float32)[predicted] * 0.8 + 0.1


class Row(NamedTuple):
    """An outcome, with its predictions of validation [replicates, texts, classes]."""

    outcome: Outcome
    validation: np.ndarray


def predicted(name: str, validation: float, test: float, replicates: int) -> tuple[Predicted, np.ndarray]:
    seeds = [sum(name.encode()) + replicate for replicate in range(replicates)]
    validated = [predict(VALIDATION, validation, seed + 50) for seed in seeds]
    tested = [predict(LABELS, test, seed) for seed in seeds]
    measured: list[dict[str, Any]] = [
        {"parameters": 10, "validation": measure(VALIDATION, v), "test": measure(LABELS, t)}
        for v, t in zip(validated, tested, strict=True)
    ]
    return Predicted({"replicates": measured}, np.stack(tested), {}), np.stack(validated)


def outcome(name: str, validation: float, test: float, replicates: int = 3, baseline: bool = False) -> Row:
    selecting, validated = predicted(name, validation, test, replicates)
    variant = None if baseline else Variant("words", name, "frozen", "mean")
    return Row(Outcome(name, variant, selecting), validated)


def confirmed(row: Row, test: float) -> Row:
    confirming, _ = predicted(f"{row.outcome.name} anew", 0.5, test, 3)
    return row._replace(outcome=row.outcome._replace(confirming=confirming))


OUTCOMES = [
    outcome("weak", 0.6, 0.65),
    outcome("strong", 0.9, 0.85),
    outcome("lucky", 0.7, 0.95),
    outcome("bag", 0.99, 0.7, 1, True),
]


def board(rows: list[Row] = OUTCOMES, facets: np.ndarray | None = None, dataset: str = "tiny") -> Leaderboard:
    outcomes = [row.outcome for row in rows]
    variants = [each.name for each in outcomes if each.variant]
    ranked = rank_rows({row.outcome.name: candidate(VALIDATION, row.validation, "accuracy") for row in rows}, variants)
    ranks = Ranks("accuracy", ranked, to_confirm(ranked, variants))
    labels = {"train": LABELS, "validation": VALIDATION, "test": LABELS}
    trials = dict.fromkeys((each.name for each in outcomes), Trials())
    built = build_rows(outcomes, ranks, curves_of(outcomes, labels), LABELS, facets, trials, 0.95)
    return Leaderboard(dataset=dataset, confidence=0.95, select_by="accuracy", rows=built)


def test_validation_selects_and_test_does_not():
    assert [row.name for row in board().rows if row.selected] == ["strong"]


def test_a_baseline_ranks_before_the_selected_row_and_is_not_selected():
    assert (board().row("bag").rank, board().row("strong").rank) == (1, 2)
    assert not board().row("bag").selected


def test_a_confirmed_row_is_measured_with_fresh_seeds_and_shows_both_figures():
    rows = [outcome("weak", 0.6, 0.65), confirmed(outcome("strong", 0.9, 0.85), 0.75)]
    row, as_selected = board(rows).row("strong"), board([*rows[:1], outcome("strong", 0.9, 0.85)]).row("strong")
    assert row.accuracy.mean == pytest.approx(0.75, abs=0.04)
    assert row.macro_f1.mean == pytest.approx(0.75, abs=0.04)
    assert row.as_selected.mean == as_selected.accuracy.mean == pytest.approx(0.85, abs=0.04)
    assert row.validation_accuracy == as_selected.validation_accuracy
    assert board(rows).row("weak").difference.mean == pytest.approx(row.accuracy.mean - 0.65, abs=0.04)
    assert board(rows).row("weak").as_selected is None


def test_the_board_and_its_sentence_tell_fresh_seeds_from_the_others():
    rows = [outcome("weak", 0.6, 0.65), confirmed(outcome("strong", 0.9, 0.85), 0.75)]
    strong = board(rows).row("strong")
    text, sentence = to_text(board(rows)), to_sentence(board(rows))
    assert f"test accuracy {strong.accuracy.mean:.3f} with fresh seeds" in sentence
    assert "as selected" in text.splitlines()[0]
    assert f"{strong.as_selected.mean:.4f}" in next(line for line in text.splitlines() if "strong" in line)
    assert "were trained anew" in to_markdown(board(rows))
    assert "as selected" not in to_markdown(board())


def test_one_replicate_is_not_said_to_cover_seeds():
    one = [outcome("weak", 0.6, 0.65, 1), outcome("strong", 0.9, 0.85, 1)]
    assert "new texts, but not seeds" in to_markdown(board(one))
    assert "new texts and seeds" in to_markdown(board())


@pytest.mark.parametrize(("validation", "said"), [(0.9, True), (0.8, False), (0.7, False)])
def test_a_gap_between_validation_and_test_is_said_if_chance_does_not_explain_it(validation, said):
    hits = [(np.arange(1000) < 1000 * share).astype(float) for share in (validation, 0.8)]
    gap = validation_gap(*hits, 0.95)
    assert gap.mean == pytest.approx(validation - 0.8)
    noted = to_markdown(board().model_copy(update={"validation_gap": gap}))
    assert ("better on validation than on test" in noted) is said


def test_the_interval_of_a_gap_has_the_freedom_of_the_smaller_sample():
    validation, test = np.asarray([1.0, 0, 1]), np.asarray([1.0, 0, 0, 1, 0, 1])
    error = (validation.var(ddof=1) / 3 + test.var(ddof=1) / 6) ** 0.5
    gap = validation_gap(validation, test, 0.95)
    assert gap.high - gap.mean == pytest.approx(stats.t.ppf(0.975, 2) * error, abs=1e-5)


def test_a_perfect_row_ends_at_one():
    perfect = outcome("perfect", 0.9, 1.1)
    assert board([OUTCOMES[0], perfect]).row("perfect").accuracy.high == 1


def test_a_gap_within_chance_is_not_said():
    rng = np.random.default_rng(5)
    gaps = [validation_gap(*((rng.random(n) < 0.8).astype(float) for n in (250, 1000)), 0.95) for _ in range(1000)]
    assert np.mean([gap.low > 0 or gap.high < 0 for gap in gaps]) == pytest.approx(0.05, abs=0.02)


def test_rows_are_sorted_by_test_accuracy():
    assert board().names == ["lucky", "strong", "bag", "weak"]


def test_a_baseline_has_no_axes_and_no_sd():
    row = board().row("bag")
    assert row.is_baseline
    assert row.encoder is None
    assert row.accuracy.sd is None
    assert row.accuracy.low < row.accuracy.mean < row.accuracy.high


def test_differences_are_the_selected_minus_the_row():
    assert board().row("strong").difference is None
    assert board().row("weak").difference.low > 0
    assert board().row("lucky").difference.high < 0


def test_each_facet_has_an_accuracy():
    facets = np.asarray(["a"] * 100 + ["b"] * 400, dtype=object)
    right = {row.outcome.name: row.outcome.selecting.probabilities.argmax(axis=2) == LABELS for row in OUTCOMES}
    for row in board(facets=facets).rows:
        means = {"a": right[row.name][:, :100].mean(), "b": right[row.name][:, 100:].mean()}
        assert row.facets == pytest.approx(means, abs=1e-6)


def test_the_terminal_marks_the_selected_row():
    marked = [line for line in to_text(board()).splitlines() if line.startswith("->")]
    assert len(marked) == 1
    assert "strong" in marked[0]


def test_markdown_has_the_selected_row_in_bold():
    lines = to_markdown(board()).splitlines()
    assert sum("**strong**" in line for line in lines) == 1
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def test_the_sentence_names_the_embedding_and_the_difference():
    sentence = to_sentence(board([outcome("weak", 0.6, 0.65), outcome("strong", 0.9, 0.85)]))
    assert "Use strong vectors, frozen, with the mean encoder" in sentence
    assert "points against the runner-up, weak vectors" in sentence
    assert "a significant difference" in sentence


def test_the_sentence_leads_with_a_baseline_that_is_better():
    sentence = to_sentence(board())
    assert sentence.startswith("No embedding beats the baseline bag on validation; the best is strong vectors")


def test_equals_may_differ_by_chance():
    sentence = to_sentence(board([outcome("one", 0.8, 0.8), outcome("two", 0.8, 0.8)]))
    assert "which may be due to chance" in sentence


def comment(now: list[Row], before: list[Row] | None, dataset: str = "tiny") -> str:
    pair = LearningPair(first="a", second="b", points=[], sentence="a leads b.")
    new = board(now).model_copy(update={"learning": [pair]})
    return to_comment(new, None if before is None else board(before, dataset=dataset), "main")


def test_a_pull_request_gets_the_changes():
    text = comment(
        [outcome("strong", 0.9, 0.85), outcome("new", 0.6, 0.65)],
        [outcome("strong", 0.9, 0.7), outcome("old", 0.95, 0.6)],
    )
    accuracy = board([outcome("strong", 0.9, 0.85)]).selected.accuracy.mean
    line = next(line for line in text.splitlines() if "strong" in line and line.startswith("|"))
    assert f"**{accuracy:.4f}**" in line
    assert re.search(r"\+0\.1\d{3} \|$", line)
    assert re.search(r"\| new \|.*\| new \|  \|", text)
    assert "Removed since main: old." in text
    assert "Selected: strong, at main old." in text
    assert "a leads b." in text


@pytest.mark.parametrize(
    ("before", "dataset", "reason"),
    [
        (None, "tiny", "There is no leaderboard at main."),
        (OUTCOMES, "other", "At main the leaderboard is of other."),
    ],
)
def test_a_pull_request_without_a_comparison_gets_the_leaderboard(before, dataset, reason):
    text = comment(OUTCOMES, before, dataset)
    assert reason in text
    assert to_markdown(board()) in text


def test_a_leaderboard_is_written_as_it_was_read(tmp_path):
    source = ROOT / "metrics" / "leaderboard.json"
    leaderboard.write(tmp_path / "leaderboard.json", leaderboard.read(source))
    assert (tmp_path / "leaderboard.json").read_bytes() == source.read_bytes()


def test_facets_and_differences_are_absent_or_null(tmp_path):
    leaderboard.write(tmp_path / "leaderboard.json", board())
    values = json.loads((tmp_path / "leaderboard.json").read_text())
    assert values["ceiling"] is None
    rows = {row["variant"]: row for row in values["rows"]}
    assert all("facets" not in row for row in rows.values())
    assert rows["strong"]["behind_selected"] is None
    assert rows["bag"]["vectors"] is None
    assert rows["bag"]["accuracy"]["sd"] is None
    assert leaderboard.read(tmp_path / "leaderboard.json") == board()


@pytest.mark.parametrize("path", sorted((ROOT / "results").glob("*.json")), ids=lambda path: path.stem)
def test_published_leaderboards_can_be_read(path):
    published = leaderboard.read(path)
    assert published.selected.variant
    assert to_text(published)


def test_a_file_that_is_no_leaderboard_is_named(tmp_path):
    (tmp_path / "leaderboard.json").write_text('{"dataset": "tiny", "confidence": 0.95, "rows": [{}]}')
    with pytest.raises(UserError, match=r"leaderboard\.json: rows\.0\.variant: Field required"):
        leaderboard.read(tmp_path / "leaderboard.json")


def test_a_missing_row_is_named():
    with pytest.raises(UserError, match="has no row 'absent'"):
        board().row("absent")
