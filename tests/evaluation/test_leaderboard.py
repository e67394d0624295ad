import re
from typing import Any

import numpy as np
import pytest

from embedding_bench.evaluation.leaderboard import Row, build_leaderboard
from embedding_bench.evaluation.metrics import measure
from embedding_bench.evaluation.rendering import to_comment, to_markdown, to_sentence, to_text
from embedding_bench.settings.run import Variant

LABELS = np.random.default_rng(0).integers(0, 2, 500).astype(np.int32)
VALIDATION = np.random.default_rng(1).integers(0, 2, 100).astype(np.int32)


def predict(labels: np.ndarray, accuracy: float, seed: int) -> np.ndarray:
    right = np.random.default_rng(seed).random(len(labels)) < accuracy
    chosen = np.where(right, labels, 1 - labels)
    return np.eye(2, dtype=np.float32)[chosen] * 0.8 + 0.1


def row(name: str, validation: float, test: float, replicates: int = 3, baseline: bool = False) -> Row:
    scores: dict[str, Any] = {"replicates": []}
    predictions = []
    for replicate in range(replicates):
        found = predict(LABELS, test, seed=hash_of(name) + replicate)
        held = measure(VALIDATION, predict(VALIDATION, validation, seed=hash_of(name) + 50 + replicate))
        scores["replicates"].append({"parameters": 10, "validation": held, "test": measure(LABELS, found)})
        predictions.append(found)
    variant = None if baseline else Variant("words", name, "frozen", "mean")
    return Row(name, variant, scores, np.stack(predictions), {})


def hash_of(name: str) -> int:
    return sum(name.encode())


ROWS = [row("weak", 0.6, 0.65), row("strong", 0.9, 0.85), row("lucky", 0.7, 0.95), row("bag", 0.99, 0.7, 1, True)]


def board(rows: list[Row] = ROWS, facets: np.ndarray | None = None) -> dict[str, Any]:
    built = build_leaderboard(rows, {"train": LABELS, "validation": VALIDATION, "test": LABELS}, facets, 0.95)
    return {"dataset": "tiny", "ceiling": None, "confidence": 0.95, "rows": built}


def test_validation_selects_and_test_does_not():
    selected = [entry["variant"] for entry in board()["rows"] if entry["selected"]]
    assert selected == ["strong"]


def judged(name: str, accuracy: float, log_loss: float, baseline: bool = False) -> Row:
    found = row(name, 0.9, 0.9, replicates=1, baseline=baseline)
    found.scores["replicates"][0]["validation"] |= {"accuracy": accuracy, "log_loss": log_loss}
    return found


def test_of_equally_accurate_variants_the_lowest_log_loss_is_selected():
    # Of 100 texts, 0.03 is the standard error at 0.9: "sure" is as accurate as "right", "weak" is not.
    variants = [judged("right", 0.90, 0.4), judged("sure", 0.88, 0.3), judged("weak", 0.80, 0.2)]
    ranks = {entry["variant"]: entry["validation_rank"] for entry in board(variants)["rows"]}
    assert ranks == {"sure": 1, "right": 2, "weak": 3}


def test_a_baseline_has_no_say_in_what_is_selected():
    variants = [judged("right", 0.90, 0.4), judged("sure", 0.88, 0.3)]
    for rows in (variants, [*variants, judged("bag", 0.93, 0.5, baseline=True)]):
        assert [entry["variant"] for entry in board(rows)["rows"] if entry["selected"]] == ["sure"]


def test_rows_stand_by_falling_test_accuracy():
    assert [entry["variant"] for entry in board()["rows"]] == ["lucky", "strong", "bag", "weak"]


def test_a_baseline_has_no_axes_and_no_sd():
    entry = next(entry for entry in board()["rows"] if entry["variant"] == "bag")
    assert entry["encoder"] is None
    assert entry["accuracy"]["sd"] is None
    assert entry["accuracy"]["low"] < entry["accuracy"]["mean"] < entry["accuracy"]["high"]


def test_differences_are_the_selected_minus_the_row():
    rows = {entry["variant"]: entry for entry in board()["rows"]}
    assert rows["strong"]["behind_selected"] is None
    assert rows["weak"]["behind_selected"]["low"] > 0
    assert rows["lucky"]["behind_selected"]["high"] < 0


def test_facets_are_told_apart():
    facets = np.asarray(["a", "b"] * 250, dtype=object)
    for entry in board(facets=facets)["rows"]:
        assert np.mean(list(entry["facets"].values())) == pytest.approx(entry["accuracy"]["mean"], abs=1e-6)


def test_the_terminal_marks_the_selected_row():
    marked = [line for line in to_text(board()).splitlines() if line.startswith("->")]
    assert len(marked) == 1
    assert "strong" in marked[0]


def test_markdown_has_the_selected_row_in_bold():
    lines = to_markdown(board()).splitlines()
    assert sum("**strong**" in line for line in lines) == 1
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def test_the_sentence_says_which_by_how_much_and_how_sure():
    sentence = to_sentence(board([row("weak", 0.6, 0.65), row("strong", 0.9, 0.85)]))
    assert "Use strong vectors, frozen, with the mean encoder" in sentence
    assert "points against the runner-up, weak vectors" in sentence
    assert "can tell from chance" in sentence


def test_the_sentence_leads_with_a_baseline_that_is_better():
    sentence = to_sentence(board())
    assert sentence.startswith("No embedding beats the baseline bag on validation; the best is strong vectors")


def test_equals_may_differ_by_chance():
    sentence = to_sentence(board([row("one", 0.8, 0.8), row("two", 0.8, 0.8)]))
    assert "which may be chance" in sentence


def comment(now: list[Row], before: list[Row] | None, **changed: Any) -> str:
    boards = [None if rows is None else {**board(rows), "learning": [{"told": "a leads b."}]} for rows in (now, before)]
    return to_comment(boards[0], boards[1] and {**boards[1], **changed}, "main")


def test_a_pull_request_is_told_what_changed():
    found = comment([row("strong", 0.9, 0.85), row("new", 0.6, 0.65)], [row("strong", 0.9, 0.7), row("old", 0.95, 0.6)])
    accuracies = [entry["accuracy"]["mean"] for entry in board([row("strong", 0.9, 0.85)])["rows"]]
    line = next(line for line in found.splitlines() if "strong" in line and line.startswith("|"))
    assert f"**{accuracies[0]:.4f}**" in line
    assert re.search(r"\+0\.1\d{3} \|$", line)
    assert re.search(r"\| new \|.*\| new \|  \|", found)
    assert "Gone since main: old." in found
    assert "Selected: strong, at main old." in found
    assert "a leads b." in found


@pytest.mark.parametrize(
    ("before", "changed", "told"),
    [
        (None, {}, "No leaderboard stands at main."),
        (ROWS, {"dataset": "other"}, "At main the leaderboard is of other."),
    ],
)
def test_a_pull_request_without_a_comparison_gets_the_leaderboard(before, changed, told):
    found = comment(ROWS, before, **changed)
    assert told in found
    assert to_markdown(board()) in found
