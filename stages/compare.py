"""compare: the leaderboard, and the files that dvc metrics and dvc plots read."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus, embedding, scores, tokens
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import whole, write_json
from embedding_bench.evaluation.effects import interactions, main_effects
from embedding_bench.evaluation.groups import by_class, by_length, reliability
from embedding_bench.evaluation.leaderboard import Row, build_leaderboard, curve_of, on_validation
from embedding_bench.evaluation.learning import compare_curves, tell
from embedding_bench.evaluation.metrics import fold_confusion, mean_confusion
from embedding_bench.evaluation.rendering import to_markdown, to_sentence
from embedding_bench.evaluation.statistics import hits
from embedding_bench.git import code_commit
from embedding_bench.settings.complete import Settings, load_settings
from embedding_bench.settings.run import Variant

Table = list[tuple[Any, ...]]
LEARNING = ("labels", "mean", "low", "high")
CONFUSION = ("variant", "actual", "predicted", "count", "share")


def compare(found: Settings, data: Path, out: Path) -> None:
    """Write everything that is told about all variants together; its items come from params.yaml, never from a glob."""
    with timing.timed("compare", [out / "leaderboard.json"]) as figures:
        figures["commit"] = code_commit()
        summary = corpus.read_summary(data / "corpus")
        rows = read_rows(found, data)
        labels = {split: corpus.read_labels(data / "corpus", split) for split in LABELLED}
        facets = corpus.read_facets(data / "corpus", "test")
        board = {
            "dataset": summary["dataset"],
            "ceiling": summary.get("ceiling"),
            "confidence": found.compare.confidence,
            "rows": build_leaderboard(rows, labels, facets, found.compare.confidence),
            "learning": [
                learning(one, other, labels, found.compare.confidence)
                for one, other in rivals(found, rows, len(labels["validation"]))
            ],
        }
        save_json(out / "leaderboard.json", board)
        save_json(out / "analysis.json", analyse(found, data, rows, labels["test"], summary["labels"]))
        save_text(data / "leaderboard.md", to_markdown(board))
        save_json(out / "summary.json", flat(board["rows"]))
        save_json(out / "coverage.json", coverage(found, data))
        save_table(out / "curves.tsv", ("variant", "replicate", *scores.HISTORY), curves(found, data))
        save_table(out / "learning.tsv", ("variant", *LEARNING), learning_points(board["rows"]))
        save_table(
            out / "confusion.tsv",
            CONFUSION,
            confusions(rows, labels["test"], summary),
        )
        save_text(data / "projector" / "projector_config.pbtxt", projector_config(found))
    say(f"compare: {len(rows)} rows on {summary['dataset']}. {to_sentence(board)}")
    for pair in board["learning"]:
        say(f"labels: {pair['told']}")


def read_rows(found: Settings, data: Path) -> list[Row]:
    """Read what every variant and baseline of the run predicted."""
    places: list[tuple[str, Variant | None, Path]] = [
        (variant.name, variant, data / "scores" / variant.name) for variant in found.run.variants
    ]
    places += [(name, None, data / "baselines" / name) for name in found.run.baselines]
    return [
        Row(
            name,
            variant,
            scores.read_scores(folder),
            scores.read_predictions(folder, "test"),
            scores.read_curve(folder),
        )
        for name, variant, folder in places
    ]


def rivals(found: Settings, rows: list[Row], texts: int) -> list[tuple[Row, Row]]:
    """Choose, on so many validation texts, whose learning curves are told in words.

    They are those of vectors that know something and of vectors learned from scratch, and those of the selected variant
    and of the best baseline.
    """
    variants = [(row, row.variant) for row in rows if row.variant]
    knowing = [row for row, axes in variants if found.vectors[axes.vectors].source != "random"]
    learned = [
        row
        for row, axes in variants
        if found.vectors[axes.vectors].source == "random" and found.tuning[axes.tuning].trainable
    ]
    baselines = [row for row in rows if not row.variant]
    best = [on_validation(some, texts)[:1] for some in (knowing, learned, [row for row, _ in variants], baselines)]
    return [*zip(best[0], best[1], strict=False), *zip(best[2], best[3], strict=False)]


def learning(one: Row, other: Row, labels: dict[str, Labels], confidence: float) -> dict[str, Any]:
    """Compare two learning curves, in figures and in words."""
    points = compare_curves(curve_of(one, labels), curve_of(other, labels), confidence)
    return {
        "one": one.name,
        "other": other.name,
        "points": [point._asdict() for point in points],
        "told": tell(one.name, other.name, points),
    }


def analyse(found: Settings, data: Path, rows: list[Row], labels: Labels, names: list[str]) -> dict[str, Any]:
    """Say what the axes contribute, and where each row is right and how sure of itself; lengths are those in tokens."""
    confidence = found.compare.confidence
    right = {row.name: hits(labels, row.probabilities) for row in rows}
    cells = {row.variant: right[row.name] for row in rows if row.variant}
    lengths = np.diff(tokens.read_split(data / "tokens" / found.run.vectorizers[0], "test").offsets)
    return {
        "effects": main_effects(cells, confidence),
        "interactions": interactions(cells, confidence),
        "rows": [
            {
                "variant": row.name,
                "classes": by_class(right[row.name], labels, names, confidence),
                "lengths": by_length(right[row.name], lengths, confidence),
                "reliability": reliability(labels, row.probabilities),
            }
            for row in rows
        ],
    }


def flat(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Keep what `dvc metrics` shows: it sees no lists."""
    return {row["variant"]: {name: row[name]["mean"] for name in ("accuracy", "macro_f1")} for row in rows}


def coverage(found: Settings, data: Path) -> dict[str, list[dict[str, Any]]]:
    """Collect the coverage of every embedding, with the most frequent missing words.

    They stand in a list: `dvc metrics` and `dvc exp show` would make a column of each figure otherwise.
    """
    rows = []
    for vectorizer in found.run.vectorizers:
        for vectors in found.run.vectors:
            name = f"{vectorizer}-{vectors}"
            measured = embedding.read_coverage(data / "embeddings" / name)
            measured["missing_words"] = measured["missing_words"][: found.compare.missing_words]
            rows.append({"embedding": name, **measured})
    return {"rows": rows}


def curves(found: Settings, data: Path) -> Table:
    """List every epoch of every replicate."""
    table: Table = []
    for variant in found.run.variants:
        for replicate in range(found.training.replicates):
            for epoch in scores.read_history(data / "scores" / variant.name, replicate):
                values = (f"{epoch[name]:.6g}" for name in scores.HISTORY)
                table.append((variant.name, replicate, *values))
    return table


def learning_points(rows: list[dict[str, Any]]) -> Table:
    """List the test accuracy of every row for every number of labels."""
    return [(row["variant"], *(point[name] for name in LEARNING)) for row in rows for point in row["learning_curve"]]


def confusions(rows: list[Row], labels: Labels, summary: dict[str, Any]) -> Table:
    """List every cell of every confusion matrix on test, as the mean over replicates and the share of its class.

    Of many classes the smaller ones are summed up: the file is for people to look at.
    """
    table: Table = []
    for row in rows:
        counts, names = fold_confusion(mean_confusion(labels, row.probabilities), summary["labels"])
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        for actual, predicted in np.ndindex(counts.shape):
            cell = f"{counts[actual, predicted]:.6g}", f"{shares[actual, predicted]:.4f}"
            table.append((row.name, names[actual], names[predicted], *cell))
    return table


def projector_config(found: Settings) -> str:
    """List every variant's tensor for TensorBoard's projector, in the protocol buffer's text form."""
    entries = [
        f'embeddings {{\n  tensor_name: "{variant.name}"\n  tensor_path: "tsv/{variant.name}/vectors.tsv"\n'
        f'  metadata_path: "tsv/{variant.name}/metadata.tsv"\n}}\n'
        for variant in found.run.variants
    ]
    return "".join(entries)


def save_json(path: Path, value: object) -> None:
    """Write JSON whole or not at all."""
    with whole(path) as temporary:
        write_json(temporary, value)


def save_text(path: Path, text: str) -> None:
    """Write text whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def save_table(path: Path, header: tuple[str, ...], rows: Table) -> None:
    """Write a TSV; class names lose their tabs and line breaks."""
    lines = ["\t".join(" ".join(str(cell).split()) for cell in row) for row in [header, *rows]]
    save_text(path, "\n".join(lines) + "\n")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of all artifacts")
    parser.add_argument("--out", type=Path, required=True, help="the folder of metrics")
    arguments = parser.parse_args()
    compare(load_settings(), arguments.data, arguments.out)


if __name__ == "__main__":
    errors.run(main)
