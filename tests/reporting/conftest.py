"""A tiny report of two variants and a baseline, with texts that would do harm if they could."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.confusion import ConfusionMatrix
from embedding_bench.reporting.content import Content, Drift
from embedding_bench.reporting.texts import DisputedText, WrongText

HOSTILE = (
    "A <script>window.harmed = true</script></script><!--<script> "
    "<img src=x onerror='window.harmed = true'> & \"quoted\""
)
RIGHT_TO_LEFT = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd \U0001f642"
LONG_WORD = "w" * 10_000
NAMES = ["words-b-frozen-mean", "words-a-frozen-mean", "tfidf"]


def interval(mean: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - 0.02, "high": mean + 0.02}


def row(name: str, accuracy: float) -> dict[str, Any]:
    selected, baseline = name == NAMES[0], name == "tfidf"
    axes = [None] * 4 if baseline else name.split("-")
    return {
        "variant": name,
        **dict(zip(("vectorizer", "vectors", "tuning", "encoder"), axes, strict=True)),
        "replicates": 1 if baseline else 3,
        "validation_accuracy": accuracy + 0.01,
        "validation_log_loss": 1 - accuracy,
        "validation_scaled_log_loss": 0.9 - accuracy,
        "validation_rank": 1 + NAMES.index(name),
        "accuracy": {**interval(accuracy), "sd": None},
        "macro_f1": {**interval(accuracy), "sd": None},
        "log_loss": 1 - accuracy,
        "calibration_error": 0.1,
        "parameters": 0 if baseline else 1000,
        "selected": selected,
        "behind_selected": None if selected else {**interval(0.9 - accuracy), "p_value": 0.00001},
        "learning_curve": [{"labels": labels, **interval(accuracy - 10 / labels)} for labels in (100, 1000)],
        "search": {
            "trials": 2,
            "texts": [100, 300],
            "folds": 1,
            "validation": accuracy + 0.02,
            "settings": {"encoder.learning_rate": 0.003},
            "edges": ["encoder.learning_rate"] if selected else [],
            "importances": {"encoder.batch_size": 0.25, "encoder.learning_rate": 0.75},
            "expected_best": [{"trials": trials, **interval(accuracy + trials / 100)} for trials in (1, 2)],
        },
    }


def analysed(name: str) -> dict[str, Any]:
    return {
        "variant": name,
        "classes": [{"class": "bad", "texts": 10, **interval(0.8)}, {"class": "good", "texts": 12, **interval(0.9)}],
        "lengths": [
            {"from": 1, "to": 1, "texts": 9, **interval(0.7)},
            {"from": 2, "to": 5, "texts": 13, **interval(0.9)},
        ],
        "reliability": [
            {"share": 0.4, "confidence": 0.65, "accuracy": 0.6},
            {"share": 0.6, "confidence": 0.95, "accuracy": 0.9},
        ],
    }


def word_map(count: int) -> dict[str, Any]:
    rng = random.Random(1)
    words = ["pear", HOSTILE, *(f"word{number}" for number in range(2, count))]
    coordinates = [[[rng.gauss(0, 30), rng.gauss(0, 30)] for _ in words] for _ in range(2)]
    return {
        "variant": NAMES[0],
        "method": "t-SNE",
        "classes": ["bad", "good"],
        "words": words,
        "counts": [count - number for number in range(count)],
        "affinity": [number % 2 for number in range(count)],
        "affinity_share": [rng.uniform(0.5, 1) for _ in words],
        "before": coordinates[0],
        "after": coordinates[1],
        "neighbours_before": [[(number + step) % count for step in range(1, 9)] for number in range(count)],
        "neighbours_after": [[(number + 10 * step) % count for step in range(1, 9)] for number in range(count)],
    }


def leaderboard(**changes: Any) -> Leaderboard:
    values = {
        "dataset": "tiny",
        "ceiling": None,
        "confidence": 0.95,
        "rows": [row(name, accuracy) for name, accuracy in zip(NAMES, (0.9, 0.85, 0.8), strict=True)],
        "learning": [],
    }
    return Leaderboard.model_validate(values | changes)


def with_rows(content: Content, *changes: dict[str, Any]) -> Content:
    """Change the rows of the leaderboard, one after the other."""
    rows = [row.model_copy(update=change) for row, change in zip(content.leaderboard.rows, changes, strict=True)]
    return replace(content, leaderboard=content.leaderboard.model_copy(update={"rows": rows}))


def build(words: int = 100) -> Content:
    splits = {"tokens": {"by_match": {"exact": 0.9}, "found": 0.9}, "types": {"by_match": {"exact": 0.8}, "found": 0.8}}
    matrix = ConfusionMatrix(["bad", "good"], [[9, 1], [4.2, 7.8]], [[0.9, 0.1], [0.35, 0.65]])
    return Content(
        leaderboard=leaderboard(),
        analysis={
            "effects": [
                {"axis": "vectors", "value": "a", **interval(-0.025), "p_value": 0.01},
                {"axis": "vectors", "value": "b", **interval(0.025), "p_value": 0.3},
            ],
            "interactions": [{"axes": ["vectors", "encoder"], "values": ["a", "mean"], **interval(0), "p_value": 1.0}],
            "rows": [analysed(name) for name in NAMES],
        },
        coverage={
            "rows": [
                {"embedding": "words-b", "splits": {"test": splits}, "missing_words": [{"token": HOSTILE, "count": 3}]}
            ]
        },
        epochs=[
            {"variant": name, "replicate": replicate, "epoch": epoch, "val_accuracy": 0.5 + epoch / 10}
            for name in NAMES[:2]
            for replicate in range(3)
            for epoch in (1, 2, 3)
        ],
        confusions=dict.fromkeys(sorted(NAMES), matrix),
        drift=[Drift("words-b", [{"word": HOSTILE, "moved": 0.7, "before": ["x"], "after": [HOSTILE]}])],
        wrong=[WrongText(text, "bad", "good", 0.99) for text in (HOSTILE, RIGHT_TO_LEFT, LONG_WORD)],
        disagreements=[DisputedText(HOSTILE, "bad", {"bad": 1, "good": 2})],
        map=word_map(words),
        settings={"dataset": HOSTILE},
    )


@pytest.fixture(scope="session")
def make_content() -> Callable[..., Content]:
    return build


@pytest.fixture
def content() -> Content:
    return build()


@pytest.fixture(scope="session")
def provenance() -> dict[str, Any]:
    return {
        "commit": "abc123",
        "machine": {"canary": "7e37562def93", "cores": 2, "memory_gb": 23.5, "system": HOSTILE},
        "versions": {"numpy": "2.4"},
        "stages": [{"stage": "train", "seconds": 61.23, "peak_mb": 900}],
        "costs": [
            {"variant": name, "microseconds_per_text": 5.0 + number, "training_seconds": 1.5}
            for number, name in enumerate(NAMES)
        ],
    }
