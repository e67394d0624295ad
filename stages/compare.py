"""compare: the leaderboard, and the files that dvc metrics and dvc plots read."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from stages.core import errors, settings, timing
from stages.core.artifacts import corpus, embedding, scores
from stages.core.artifacts.files import whole, write_json
from stages.core.console import say
from stages.core.metrics import Labels, fold_confusion, mean_confusion
from stages.core.settings import Settings, Variant
from stages.results.leaderboard import Row, build_leaderboard
from stages.results.rendering import to_markdown, to_sentence

Table = list[tuple[Any, ...]]
CONFUSION = ("variant", "actual", "predicted", "count", "share")


def compare(found: Settings, data: Path, out: Path) -> None:
    """Write everything that is told about all variants together; its items come from params.yaml, never from a glob."""
    with timing.timed("compare", [out / "leaderboard.json"]):
        summary = corpus.read_summary(data / "corpus")
        rows = read_rows(found, data)
        labels, facets = corpus.read_labels(data / "corpus", "test"), corpus.read_facets(data / "corpus", "test")
        board = {
            "dataset": summary["dataset"],
            "ceiling": summary.get("ceiling"),
            "confidence": found.compare.confidence,
            "rows": build_leaderboard(rows, labels, facets, found.compare.confidence),
        }
        save_json(out / "leaderboard.json", board)
        save_text(data / "leaderboard.md", to_markdown(board))
        save_json(out / "summary.json", flat(board["rows"]))
        save_json(out / "coverage.json", coverage(found, data))
        save_table(out / "curves.tsv", ("variant", "replicate", *scores.HISTORY), curves(found, data))
        save_table(
            out / "confusion.tsv",
            ("variant", "actual", "predicted", "count", "share"),
            confusions(rows, labels, summary),
        )
        save_text(data / "projector" / "projector_config.pbtxt", projector_config(found))
    say(f"compare: {len(rows)} rows on {summary['dataset']}. {to_sentence(board)}")


def read_rows(found: Settings, data: Path) -> list[Row]:
    """Read what every variant and baseline of the run predicted."""
    places: list[tuple[str, Variant | None, Path]] = [
        (variant.name, variant, data / "scores" / variant.name) for variant in found.variants
    ]
    places += [(name, None, data / "baselines" / name) for name in found.run.baselines]
    return [
        Row(name, variant, scores.read_scores(folder), scores.read_predictions(folder, "test"))
        for name, variant, folder in places
    ]


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
    for variant in found.variants:
        for replicate in range(found.training.replicates):
            for epoch in scores.read_history(data / "scores" / variant.name, replicate):
                values = (f"{epoch[name]:.6g}" for name in scores.HISTORY)
                table.append((variant.name, replicate, *values))
    return table


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
        for variant in found.variants
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
    compare(settings.load(), arguments.data, arguments.out)


if __name__ == "__main__":
    errors.run(main)
