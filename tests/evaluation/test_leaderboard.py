import json
import re
from typing import Any

import numpy as np
import pytest

from embedding_bench.artifacts import leaderboard
from embedding_bench.artifacts.leaderboard import Leaderboard, LearningPair
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.leaderboard import build_rows
from embedding_bench.evaluation.metrics import measure
from embedding_bench.evaluation.outcomes import Outcome
from embedding_bench.evaluation.rendering import to_comment, to_markdown, to_sentence, to_text
from embedding_bench.settings.run import Variant
from tests.conftest import ROOT

LABELS = np.random.default_rng(0).integers(0, 2, 500).astype(np.int32)
VALIDATION = np.random.default_rng(1).integers(0, 2, 100).astype(np.int32)


def predict(labels: np.ndarray, accuracy: float, seed: int) -> np.ndarray:
    right = np.random.default_rng(seed).random(len(labels)) < accuracy
    predicted = np.where(right, labels, 1 - labels)
    return np.eye(2, dtype=np.float32)[predicted] * 0.8 + 0.1


def outcome(name: str, validation: float, test: float, replicates: int = 3, baseline: bool = False) -> Outcome:
    scores: dict[str, Any] = {"replicates": []}
    predictions = []
    for replicate in range(replicates):
        seed = sum(name.encode()) + replicate
        predictions.append(predict(LABELS, test, seed))
        validated = measure(VALIDATION, predict(VALIDATION, validation, seed + 50))
        tested = measure(LABELS, predictions[-1])
        scores["replicates"].append({"parameters": 10, "validation": validated, "test": tested})
    variant = None if baseline else Variant("words", name, "frozen", "mean")
    return Outcome(name, variant, scores, np.stack(predictions), {})


OUTCOMES = [
    outcome("weak", 0.6, 0.65),
    outcome("strong", 0.9, 0.85),
    outcome("lucky", 0.7, 0.95),
    outcome("bag", 0.99, 0.7, 1, True),
]


def board(outcomes: list[Outcome] = OUTCOMES, facets: np.ndarray | None = None, dataset: str = "tiny") -> Leaderboard:
    labels = {"train": LABELS, "validation": VALIDATION, "test": LABELS}
    return Leaderboard(dataset=dataset, confidence=0.95, rows=build_rows(outcomes, labels, facets, 0.95))


def test_validation_selects_and_test_does_not():
    assert [row.name for row in board().rows if row.selected] == ["strong"]


def validated(name: str, accuracy: float, log_loss: float, baseline: bool = False) -> Outcome:
    result = outcome(name, 0.9, 0.9, replicates=1, baseline=baseline)
    result.scores["replicates"][0]["validation"] |= {"accuracy": accuracy, "log_loss": log_loss}
    return result


def test_of_equally_accurate_variants_the_lowest_log_loss_is_selected():
    # Of 100 texts, 0.03 is the standard error at 0.9: "sure" is as accurate as "right", "weak" is not.
    variants = [validated("right", 0.90, 0.4), validated("sure", 0.88, 0.3), validated("weak", 0.80, 0.2)]
    assert {row.name: row.rank for row in board(variants).rows} == {"sure": 1, "right": 2, "weak": 3}


def test_a_baseline_has_no_influence_on_selection():
    variants = [validated("right", 0.90, 0.4), validated("sure", 0.88, 0.3)]
    for outcomes in (variants, [*variants, validated("bag", 0.93, 0.5, baseline=True)]):
        assert board(outcomes).selected.name == "sure"


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
    facets = np.asarray(["a", "b"] * 250, dtype=object)
    for row in board(facets=facets).rows:
        assert np.mean(list(row.facets.values())) == pytest.approx(row.accuracy.mean, abs=1e-6)


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


def comment(now: list[Outcome], before: list[Outcome] | None, dataset: str = "tiny") -> str:
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
