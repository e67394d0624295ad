"""The model card of an exported model (Mitchell et al., 2019)."""

from typing import Any

from embedding_bench.artifacts.corpus import SPLITS
from embedding_bench.artifacts.exported import Facts
from embedding_bench.artifacts.leaderboard import Leaderboard, LeaderboardRow, Score

MOST_CLASSES = 30

USE = """\
On the command line, with `embedding-bench` installed; FOLDER is the folder of this file:

    embedding-bench predict --model FOLDER "a text" "another one"

In Python, with raw texts, which the model cleans:

    from pathlib import Path
    from embedding_bench.serving.keras_file import read_model
    from embedding_bench.serving.predictor import Predictor

    predictor = Predictor(read_model(Path("FOLDER/model.keras")))
    predictor.probabilities(["a text", "another one"])    # float32 [texts, classes], in the order of predictor.labels

Over HTTP, as an MLflow model that carries its code: docs/deploy.md of Embedding Bench."""


def model_card(facts: Facts, summary: dict[str, Any], leaderboard: Leaderboard) -> str:
    """Format the card as Markdown; `summary` is that of the corpus."""
    row = leaderboard.row(facts.settings["variant"])
    sections = {
        "What it is": [_description(facts.settings)],
        "Data": _data(summary),
        "Metrics": [
            _metrics(facts.metrics, row, leaderboard),
            *better_baselines(row, leaderboard),
            "",
            *_by_class(facts.metrics["classes"], summary),
        ],
        "Limits": [f"- {line}" for line in _limits(facts, summary)],
        "How to use": [USE],
    }
    parts = [f"# {facts.settings['variant']} on {summary['dataset']}"]
    for title, lines in sections.items():
        parts += ["", f"## {title}", "", *lines]
    return "\n".join(parts) + "\n"


def _description(settings: dict[str, Any]) -> str:
    axes = settings["axes"]
    return (
        f"A text classifier: raw text is cleaned, split into {_tokens(settings['vectorizer'])}, looked up in an "
        f"embedding of {settings['vocabulary']:,} rows x {settings['dimensions']} dimensions ({axes['vectors']} "
        f"vectors, {axes['tuning']}), encoded ({axes['encoder']}) and classified by a softmax layer. All settings: "
        "settings.json."
    )


def _tokens(vectorizer: dict[str, Any]) -> str:
    """Describe the tokens: ``words and n-grams of up to 2, hashed into 50 buckets``."""
    ngrams = f" and n-grams of up to {vectorizer['ngrams']}" if vectorizer["ngrams"] > 1 else ""
    buckets = f", hashed into {vectorizer['buckets']:,} buckets" if vectorizer["buckets"] else ""
    return f"{vectorizer['kind']}{ngrams}{buckets}"


def _data(summary: dict[str, Any]) -> list[str]:
    splits = summary["splits"]
    sizes = ", ".join(f"{splits[split]['rows']:,} {split}" for split in SPLITS if split in splits)
    words = splits["train"]["words"]
    lines = [
        f"`{summary['dataset']}`: {sizes} texts in {len(summary['labels'])} classes; train texts have {words['p5']} to "
        f"{words['p95']} words (5th to 95th percentile; median {words['p50']})."
    ]
    overlap = splits["test"]["also_in_train"]
    return lines + ([f"{overlap:,} test texts are also in train."] if overlap else [])


def _metrics(metrics: dict[str, Any], row: LeaderboardRow, leaderboard: Leaderboard) -> str:
    """Describe the test metrics of this model, and of its variant over all replicates."""
    validated = leaderboard.validated(row)
    log_loss = "" if row.validation_log_loss is None else f" and log loss {row.validation_log_loss:.3f}"
    replicates = f"{row.replicates} replicate{'s' * (row.replicates > 1)}{' with fresh seeds' * row.is_confirmed}"
    count = len(metrics["replicates"])
    members = f", the average of {count} replicates," if count > 1 else ""
    return (
        f"On the test split this model{members} reached accuracy {metrics['accuracy']:.3f} and macro-F1 "
        f"{metrics['macro_f1']:.3f}. Its variant, over {replicates} and with {leaderboard.confidence:.0%} intervals "
        f"for {leaderboard.covered}: accuracy {_interval(row.accuracy)}, macro-F1 {_interval(row.macro_f1)}; "
        f"validation {leaderboard.criterion} {validated:.3f}{log_loss}{' as selected' * row.is_confirmed}; "
        f"expected calibration error {row.calibration_error:.3f}."
    )


def _interval(score: Score) -> str:
    return f"{score.mean:.3f} ({score.low:.3f} to {score.high:.3f})"


def better_baselines(row: LeaderboardRow, leaderboard: Leaderboard) -> list[str]:
    """Name the baselines that rank above a row on validation, if any."""
    better = [
        f"{baseline.name} (validation {leaderboard.criterion} {leaderboard.validated(baseline):.3f} and scaled log "
        f"loss {baseline.validation_scaled_log_loss:.3f}, test {baseline.accuracy.mean:.3f})"
        for baseline in leaderboard.rows
        if baseline.is_baseline and baseline.rank < row.rank
    ]
    return [f"Baselines without an embedding that do better on validation: {', '.join(better)}."] if better else []


def _by_class(classes: dict[str, list[float]], summary: dict[str, Any]) -> list[str]:
    """Format a table of precision, recall and F1 by class, the lowest F1 first."""
    splits = summary["splits"]
    rows = sorted(zip(classes["f1"], summary["labels"], classes["precision"], classes["recall"], strict=True))
    lines = ["| class | train texts | test texts | precision | recall | F1 |", "| --- | --- | --- | --- | --- | --- |"]
    for f1, name, precision, recall in rows[:MOST_CLASSES]:
        counts = " | ".join(f"{splits[split]['classes'][name]:,}" for split in ("train", "test"))
        lines.append(f"| {_escaped(name)} | {counts} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
    others = len(rows) - MOST_CLASSES
    return lines + ([f"\nand {others} classes with a higher F1."] if others > 0 else [])


def _limits(facts: Facts, summary: dict[str, Any]) -> list[str]:
    cut, unseen = facts.settings["encoder"]["max_tokens"], facts.settings["unknown_rate"]
    lines = [
        "The metrics hold for texts from the same source as the test texts; measure on others before use.",
        f"It knows {len(summary['labels'])} classes and always predicts one of them.",
        f"Tokens outside the vocabulary share one row ({unseen:.1%} of the test split's tokens). A text without tokens "
        "gets each class's share of train as its probability.",
    ]
    if cut:
        lines.append(f"Texts are truncated after {cut:,} tokens.")
    untested = [name for name, count in summary["splits"]["test"]["classes"].items() if not count]
    if untested:
        lines.append(f"No test text has one of these classes: {', '.join(map(_escaped, untested))}.")
    return lines


def _escaped(name: str) -> str:
    """Escape Markdown and HTML in a class name."""
    for sign in "\\`*_[]<>|#&":
        name = name.replace(sign, f"\\{sign}")
    return " ".join(name.split())
