"""Classify texts with an exported model: from arguments, from standard input (one a line), or from a table's column."""

import argparse
import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embedding_bench.core import errors
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.columns import check_columns
from embedding_bench.corpus.table import open_file
from embedding_bench.settings.datasets import TableDataset

MODEL = Path("data/export")
BATCH = 16_384

Format = Callable[[list[str], npt.NDArray[np.float32], list[str]], str]


def read_lines(lines: Iterable[bytes]) -> Iterator[str]:
    """Decode lines; bytes that are not UTF-8 become U+FFFD, and are counted on standard error."""
    broken = 0
    for line in lines:
        try:
            yield line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            broken += 1
            yield line.decode("utf-8", "replace").rstrip("\r\n")
    if broken:
        print(f"warning: lines that were not UTF-8: {broken:,}; their unreadable bytes became U+FFFD", file=sys.stderr)


def read_column(path: Path, column: str) -> Iterator[str]:
    """Read a column of a CSV, TSV, JSON lines or parquet file.

    Raises:
        UserError: There is no such file or column, or a row cannot be read.
    """
    if not path.is_file():
        raise UserError(f"{path}: {'is a folder; name one table' if path.is_dir() else 'no such file'}")
    table = open_file(path, TableDataset(source="table"))
    check_columns(table, [column])
    return (text for text, _ in table.read([column], None))


def as_text(texts: list[str], probabilities: npt.NDArray[np.float32], labels: list[str]) -> str:
    """Write a line for each text: label, probability, text; tabs and line breaks in it become spaces."""
    best = probabilities.argmax(axis=1).tolist()
    sure = probabilities.max(axis=1).tolist()
    rows = zip(texts, best, sure, strict=True)
    return "".join(f"{labels[label]}\t{p:.4f}\t{' '.join(text.split())}\n" for text, label, p in rows)


def as_csv(texts: list[str], probabilities: npt.NDArray[np.float32], labels: list[str]) -> str:
    """Write a row for each text: text, label, and the probability of each class."""
    written = io.StringIO()
    best, rounded = probabilities.argmax(axis=1).tolist(), probabilities.astype(float).round(6).tolist()
    rows = ([text, labels[label], *row] for text, label, row in zip(texts, best, rounded, strict=True))
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def as_jsonl(texts: list[str], probabilities: npt.NDArray[np.float32], labels: list[str]) -> str:
    """Write an object for each text: text, label, and the probabilities by class."""
    best, rounded = probabilities.argmax(axis=1).tolist(), probabilities.astype(float).round(6).tolist()
    return "".join(
        json.dumps({"text": text, "label": labels[label], "probabilities": dict(zip(labels, row, strict=True))}) + "\n"
        for text, label, row in zip(texts, best, rounded, strict=True)
    )


FORMATS: dict[str, Format] = {"text": as_text, "csv": as_csv, "jsonl": as_jsonl}


def predict(model: Path, texts: Iterator[str], name: str) -> None:
    """Print the answers to all texts, batch by batch."""
    from embedding_bench.serving.keras_file import read_model  # seconds, which a wrong argument need not wait for
    from embedding_bench.serving.predictor import Predictor

    predictor = Predictor(read_model(model / "model.keras"))
    if name == "csv":
        header = ["text", "label", *(f"p_{label}" for label in predictor.labels)]
        csv.writer(sys.stdout, lineterminator="\n").writerow(header)
    while batch := list(islice(texts, BATCH)):
        sys.stdout.write(FORMATS[name](batch, predictor.probabilities(batch), predictor.labels))
    sys.stdout.flush()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "text",
        nargs="*",
        help="texts; none: read one a line from standard input; before one that begins with -, write --",
    )
    parser.add_argument("--model", type=Path, default=MODEL, help=f"an exported folder (default: {MODEL})")
    parser.add_argument("--table", type=Path, help="a CSV, TSV, JSON lines or parquet file with texts in --column")
    parser.add_argument("--column", default="text", help="the column with texts (default: text)")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text: label, probability, text")
    arguments = parser.parse_args()
    if arguments.text and arguments.table:
        raise UserError("found texts and --table; give one of them")
    if arguments.table:
        texts = read_column(arguments.table, arguments.column)
    else:
        # An argument that is not UTF-8 comes with lone surrogates, which os.fsencode undoes.
        texts = read_lines(map(os.fsencode, arguments.text) if arguments.text else sys.stdin.buffer)
    predict(arguments.model, texts, arguments.format)


if __name__ == "__main__":
    errors.run(main)
