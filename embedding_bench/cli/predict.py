"""`embedding-bench predict`: texts classified by an exported model."""

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from embedding_bench.arrays import Probabilities

BATCH = 16_384

Writer = Callable[[list[str], "Probabilities", list[str]], str]


class Format(StrEnum):
    """How answers are written."""

    text = "text"
    csv = "csv"
    jsonl = "jsonl"


def predict(
    text: Annotated[
        list[str] | None,
        typer.Argument(help="Texts; by default, lines of standard input. Write -- before a text that begins with -."),
    ] = None,
    model: Annotated[Path | None, typer.Option(help="An exported folder; by default the project's.")] = None,
    table: Annotated[
        Path | None, typer.Option(help="A CSV, TSV, JSON lines, parquet or fastText file with texts in --column.")
    ] = None,
    column: Annotated[str, typer.Option(help="The column with texts.")] = "text",
    header: Annotated[
        bool | None,
        typer.Option("--header/--no-header", help="Of CSV and TSV, where detection errs."),
    ] = None,
    format: Annotated[Format, typer.Option(help="text: label, probability, text.")] = Format.text,  # noqa: A002  # names the option
) -> None:
    """Classify texts with the exported model."""
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.core.errors import UserError

    if text and table:
        raise UserError("found texts and --table; give one of them")
    # An argument that is not UTF-8 comes with lone surrogates, which os.fsencode undoes.
    lines = map(os.fsencode, text) if text else sys.stdin.buffer
    classify(model or Layout().export, read_column(table, column, header) if table else read_lines(lines), format)


def classify(model: Path, texts: Iterator[str], format_name: Format) -> None:
    """Print the answers to all texts, batch by batch."""
    from embedding_bench.cli.output import counting
    from embedding_bench.serving.keras_file import read_model  # takes seconds, which a wrong argument need not wait for
    from embedding_bench.serving.predictor import Predictor

    predictor = Predictor(read_model(model / "model.keras"))
    if format_name == Format.csv:
        header = ["text", "label", *(f"p_{label}" for label in predictor.labels)]
        csv.writer(sys.stdout, lineterminator="\n").writerow(header)
    with counting("texts") as advance:
        while batch := list(islice(texts, BATCH)):
            sys.stdout.write(WRITERS[format_name](batch, predictor.probabilities(batch), predictor.labels))
            advance(len(batch))
    sys.stdout.flush()


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


def read_column(path: Path, column: str, header: bool | None = None) -> Iterator[str]:
    """Read a column of a table.

    Raises:
        UserError: There is no such file or column, or a row cannot be read.
    """
    from embedding_bench.core.errors import UserError
    from embedding_bench.corpus.columns import check_columns
    from embedding_bench.corpus.table import open_file
    from embedding_bench.settings.datasets import TableDataset

    if not path.is_file():
        raise UserError(f"{path}: {'is a folder; name one table' if path.is_dir() else 'no such file'}")
    table = open_file(path, TableDataset(source="table", header=header))
    check_columns(table, [column])
    return (text for text, _ in table.read([column], None))


def as_text(texts: list[str], probabilities: "Probabilities", labels: list[str]) -> str:
    """Write a line for each text: label, probability, text; tabs and line breaks in it become spaces."""
    best = probabilities.argmax(axis=1).tolist()
    confidence = probabilities.max(axis=1).tolist()
    rows = zip(texts, best, confidence, strict=True)
    return "".join(f"{labels[label]}\t{p:.4f}\t{' '.join(text.split())}\n" for text, label, p in rows)


def as_csv(texts: list[str], probabilities: "Probabilities", labels: list[str]) -> str:
    """Write a row for each text: text, label, and the probability of each class."""
    written = io.StringIO()
    best, rounded = probabilities.argmax(axis=1).tolist(), probabilities.astype(float).round(6).tolist()
    rows = ([text, labels[label], *row] for text, label, row in zip(texts, best, rounded, strict=True))
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def as_jsonl(texts: list[str], probabilities: "Probabilities", labels: list[str]) -> str:
    """Write an object for each text: text, label, and the probabilities by class."""
    best, rounded = probabilities.argmax(axis=1).tolist(), probabilities.astype(float).round(6).tolist()
    return "".join(
        json.dumps({"text": text, "label": labels[label], "probabilities": dict(zip(labels, row, strict=True))}) + "\n"
        for text, label, row in zip(texts, best, rounded, strict=True)
    )


WRITERS: dict[Format, Writer] = {Format.text: as_text, Format.csv: as_csv, Format.jsonl: as_jsonl}
