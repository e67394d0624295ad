import csv
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embedding_bench.cli.predict import WRITERS, as_csv, as_jsonl, as_text, read_column, read_lines
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.serving.keras_file import write_model
from embedding_bench.settings.encoders import PoolingEncoder
from tests.conftest import ROOT

LABELS = ["ham", 'spam, "cheap"']
PROBABILITIES = np.asarray([[0.25, 0.75], [0.9, 0.1]], np.float32)
TEXTS = ["win\tnow\nhere", ""]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """A model that answers spam where `win` outnumbers `hello`."""
    folder = tmp_path_factory.mktemp("model")
    encoder = PoolingEncoder(kind="mean", batch_size=1, learning_rate=1.0, epochs=1, patience=1).model_dump()
    built = TextClassifier({"kind": "words"}, ["win", "hello"], 1, encoder, LABELS, [0.6, 0.4])
    matrix = np.asarray([[0], [0], [5], [-5]], np.float32)
    built.set_parameters(matrix, {"head/kernel": np.asarray([[-1, 1]]), "head/bias": np.zeros(2)})
    write_model(folder / "model.keras", built)
    return folder


def classify(model: Path, *arguments: str | bytes, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "embedding_bench.cli.main", "predict", "--model", str(model), *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, check=False)


def test_lines_of_text_name_label_and_probability():
    assert as_text(TEXTS, PROBABILITIES, LABELS) == 'spam, "cheap"\t0.7500\twin now here\nham\t0.9000\t\n'


def test_csv_reads_back():
    rows = list(csv.reader(io.StringIO(as_csv(TEXTS, PROBABILITIES, LABELS))))
    assert rows == [[TEXTS[0], LABELS[1], "0.25", "0.75"], ["", "ham", "0.9", "0.1"]]


def test_json_lines_read_back():
    rows = [json.loads(line) for line in as_jsonl(TEXTS, PROBABILITIES, LABELS).splitlines()]
    assert [row["text"] for row in rows] == TEXTS
    assert rows[0]["label"] == LABELS[1]
    assert rows[0]["probabilities"] == {"ham": 0.25, LABELS[1]: 0.75}


@pytest.mark.parametrize("write", WRITERS.values())
def test_no_text_gives_no_row(write):
    assert write([], np.zeros((0, 2), np.float32).reshape(0, 2), LABELS) == ""


def test_lines_that_are_not_utf8_are_read_and_counted(capsys):
    assert list(read_lines([b"one\r\n", b"tw\xff\n", b"\xc3"])) == ["one", "tw\ufffd", "\ufffd"]
    assert capsys.readouterr().err == ("warning: lines that were not UTF-8: 2; their unreadable bytes became U+FFFD\n")


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.jsonl"])
def test_a_column_of_a_table_is_read(tmp_path, name):
    path = tmp_path / name
    content = '{"id": 1, "body": "a, b"}\n' if name == "t.jsonl" else 'id,body\n1,"a, b"\n'
    path.write_bytes(gzip.compress(content.encode()) if name.endswith("gz") else content.encode())
    assert list(read_column(path, "body")) == ["a, b"]


def test_a_table_of_texts_alone_is_read(tmp_path):
    (tmp_path / "t.csv").write_text("text\none\ntwo\n")
    assert list(read_column(tmp_path / "t.csv", "text")) == ["one", "two"]


def test_arguments_are_answered(model):
    done = classify(model, "Win &amp; <b>win</b>", "hello", "", b"win \xff")
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [line[0] for line in lines] == [LABELS[1], "ham", "ham", LABELS[1]]
    assert lines[2][1] == "0.6000"
    assert done.returncode == 0


def test_standard_input_is_answered_in_its_order_whatever_it_holds(model):
    done = classify(model, "--format", "jsonl", given=b"hello\n\n" + b"win " * 262_144 + b"\nhe\xffllo\n")
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [row["label"] for row in rows] == ["ham", "ham", LABELS[1], "ham"]
    assert rows[3]["text"] == "he\ufffdllo"
    assert done.stderr.decode().startswith("warning: lines that were not UTF-8: 1")


def test_a_reader_that_ends_early_is_no_mistake(model):
    command = f"set -o pipefail; '{sys.executable}' -m embedding_bench.cli.main predict --model '{model}' | head -1"
    given = b"hello\n" * 40_000
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, input=given, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"ham\t")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--table", "nowhere.csv"], "error: nowhere.csv: no such file"),
        (["--table", "examples/news.csv", "--column", "txet"], "no column 'txet'; did you mean 'text'?"),
        (["--table", "examples/news.csv", "hello"], "found texts and --table"),
        (["--model", "nowhere", "hello"], "nowhere/model.keras: no such file; enter a project with an exported model"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(model, arguments, message):
    done = classify(model, *arguments)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1
    assert done.stdout == b""
