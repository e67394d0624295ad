"""The model card (Mitchell et al., 2019): what an exported model is, what it reached, where it fails, how to use it."""

from typing import Any

from embedding_bench.artifacts.corpus import SPLITS
from embedding_bench.artifacts.exported import Facts

MEASURES = ("accuracy", "macro_f1")
MOST_CLASSES = 30

USE = """\
From a clone of the project:

    python -m embedding_bench.cli.predict --model FOLDER "a text" "another one"

or in Python, with texts as they come (the model cleans them):

    from pathlib import Path
    from embedding_bench.serving.keras_file import read_model
    from embedding_bench.serving.predictor import Predictor

    predictor = Predictor(read_model(Path("FOLDER/model.keras")))
    predictor.probabilities(["a text", "another one"])    # float32 [texts, classes], classes as in predictor.labels

Without the clone, as an MLflow model over HTTP: docs/deploy.md in the project."""


def model_card(facts: Facts, summary: dict[str, Any], board: dict[str, Any]) -> str:
    """Write the card as Markdown, with what the leaderboard says of the variant and of baselines that beat it."""
    sections = {
        "What it is": [what(facts.settings)],
        "Data": data(summary),
        "Metrics": [
            reached(facts.metrics, board["confidence"]),
            *better_baselines(facts.metrics["leaderboard"], board),
            "",
            *by_class(facts.metrics["classes"], summary),
        ],
        "Limits": [f"- {line}" for line in limits(facts, summary)],
        "How to use": [USE],
    }
    parts = [f"# {facts.settings['variant']} on {summary['dataset']}"]
    for title, lines in sections.items():
        parts += ["", f"## {title}", "", *lines]
    return "\n".join(parts) + "\n"


def what(settings: dict[str, Any]) -> str:
    """Say how text becomes an answer."""
    axes = settings["axes"]
    return (
        f"A text classifier: raw text is cleaned, cut into {tokens(settings['vectorizer'])}, looked up in an embedding "
        f"of {settings['vocabulary']:,} rows x {settings['dimensions']} dimensions ({axes['vectors']} vectors, "
        f"{axes['tuning']}), encoded ({axes['encoder']}) and classified by a softmax layer. settings.json has it all."
    )


def tokens(vectorizer: dict[str, Any]) -> str:
    """Say what the tokens are: ``words and n-grams of up to 2, hashed into 50 buckets``."""
    ngrams = f" and n-grams of up to {vectorizer['ngrams']}" if vectorizer["ngrams"] > 1 else ""
    buckets = f", hashed into {vectorizer['buckets']:,} buckets" if vectorizer["buckets"] else ""
    return f"{vectorizer['kind']}{ngrams}{buckets}"


def data(summary: dict[str, Any]) -> list[str]:
    """Describe the corpus."""
    splits = summary["splits"]
    sizes = ", ".join(f"{splits[split]['rows']:,} {split}" for split in SPLITS if split in splits)
    words = splits["train"]["words"]
    lines = [
        f"`{summary['dataset']}`: {sizes} texts in {len(summary['labels'])} classes; train texts have {words['p5']} to "
        f"{words['p95']} words (5th to 95th percentile), {words['p50']} in the middle."
    ]
    overlap = splits["test"]["also_in_train"]
    return lines + ([f"{overlap:,} test texts stand in train, too."] if overlap else [])


def reached(metrics: dict[str, Any], confidence: float) -> str:
    """Say what this model reached on the test split, and its variant over all replicates."""
    row = metrics["leaderboard"]
    spans = {name: f"{row[name]['mean']:.3f} ({row[name]['low']:.3f} to {row[name]['high']:.3f})" for name in MEASURES}
    return (
        f"On the test split this model reached accuracy {metrics['accuracy']:.3f} and macro-F1 "
        f"{metrics['macro_f1']:.3f}. Its variant, over {row['replicates']} replicates and with {confidence:.0%} "
        f"intervals for new texts and seeds: accuracy {spans['accuracy']}, macro-F1 {spans['macro_f1']}; validation "
        f"accuracy {row['validation_accuracy']:.3f} and log loss {row['validation_log_loss']:.3f}; expected "
        f"calibration error {row['calibration_error']:.3f}."
    )


def better_baselines(row: dict[str, Any], board: dict[str, Any]) -> list[str]:
    """Name the baselines that do better without any embedding, on validation."""
    better = [
        f"{other['variant']} (validation {other['validation_accuracy']:.3f} and log loss "
        f"{other['validation_log_loss']:.3f}, test {other['accuracy']['mean']:.3f})"
        for other in board["rows"]
        if other["tuning"] is None and other["validation_rank"] < row["validation_rank"]
    ]
    return [f"Baselines without an embedding that do better on validation: {', '.join(better)}."] if better else []


def by_class(classes: dict[str, list[float]], summary: dict[str, Any]) -> list[str]:
    """Lay out precision and recall of the classes, the lowest F1 first."""
    splits = summary["splits"]
    rows = sorted(zip(classes["f1"], summary["labels"], classes["precision"], classes["recall"], strict=True))
    lines = ["| class | train texts | test texts | precision | recall | F1 |", "| --- | --- | --- | --- | --- | --- |"]
    for f1, name, precision, recall in rows[:MOST_CLASSES]:
        counts = " | ".join(f"{splits[split]['classes'][name]:,}" for split in ("train", "test"))
        lines.append(f"| {escape(name)} | {counts} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
    left = len(rows) - MOST_CLASSES
    return lines + ([f"\nand {left} classes with a higher F1."] if left > 0 else [])


def limits(facts: Facts, summary: dict[str, Any]) -> list[str]:
    """Name what the figures do not promise."""
    cut, unseen = facts.settings["encoder"]["max_tokens"], facts.settings["unknown_rate"]
    lines = [
        "The figures hold for texts that come from where the test texts came; measure anew on some others first.",
        f"It knows {len(summary['labels'])} classes and always names one of them.",
        f"Tokens without a row of their own share one ({unseen:.1%} of the test split's tokens). A text without any "
        "token is answered with each class's share of train.",
    ]
    if cut:
        lines.append(f"Texts are cut after {cut:,} tokens.")
    untested = [name for name, count in summary["splits"]["test"]["classes"].items() if not count]
    if untested:
        lines.append(f"No test text has one of these classes: {', '.join(map(escape, untested))}.")
    return lines


def escape(name: str) -> str:
    """Keep a class name from being Markdown or HTML."""
    for sign in "\\`*_[]<>|#&":
        name = name.replace(sign, f"\\{sign}")
    return " ".join(name.split())
