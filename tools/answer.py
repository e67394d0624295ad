"""Answer the question for one's own table: which embedding, by how much, how sure."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from stages.core import errors, settings
from stages.core.artifacts.files import read_json
from stages.core.errors import UserError
from stages.core.settings import TableDataset
from stages.corpus.table import find_columns, open_table
from stages.results.rendering import to_sentence, to_text
from tools.experiment import BACK, run_experiment
from tools.leaderboard import LEADERBOARD
from tools.publish import publish_pending

DATASET = "table"


def look_at(path: Path, text: list[str], label: str | None) -> dict[str, Any]:
    """Read the table once, say what it holds, and return the settings that make it the dataset."""
    dataset = settings.load().datasets[DATASET]
    if not isinstance(dataset, TableDataset):
        raise UserError(f"params.yaml: datasets.{DATASET}: found source {dataset.source!r}, expected 'csv'")
    columns = find_columns(path, dataset.model_copy(update={"text": text, "label": label}))
    counts = count_labels(path, dataset.model_copy(update={"text": columns.text, "label": columns.label}))
    classes = ", ".join(f"{name} {count:,}" for name, count in counts.most_common(8))
    more = f" and {len(counts) - 8} more" if len(counts) > 8 else ""
    print(f"{path}: {sum(counts.values()):,} rows; text in {', '.join(columns.text)}; label in {columns.label}")
    print(f"{len(counts)} classes: {classes}{more}")
    return {
        "dataset": DATASET,
        "input": str(path),
        "datasets": {DATASET: {"text": columns.text, "label": columns.label}},
    }


def count_labels(path: Path, dataset: TableDataset) -> Counter[str]:
    """Count the rows of each class."""
    source = open_table(path, dataset)
    numbers = Counter(int(label) for chunk in source.splits["train"]() for label in chunk.labels)
    names = source.labels()
    return Counter({names[number]: count for number, count in numbers.items()})


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a CSV file with a header, a text and a label column")
    parser.add_argument("--text", action="append", default=[], help="a column with text; several are joined")
    parser.add_argument("--label", help="the column with the label")
    arguments = parser.parse_args()
    if not str(arguments.data).strip("."):
        raise UserError("no table named; call: make answer DATA=file.csv")
    run_experiment(look_at(arguments.data, arguments.text, arguments.label))
    publish_pending()
    board = read_json(LEADERBOARD)
    print(f"\n{to_text(board)}\n\n{BACK}\n\n{to_sentence(board)}")


if __name__ == "__main__":
    errors.run(main)
