"""Round trips of every format, and arbitrary bytes: they give rows or a UserError."""

import csv
import gzip
import io
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.classes import class_name
from embedding_bench.corpus.encoding import find_encoding
from embedding_bench.corpus.opening import open_dataset, propose
from tests.corpus.conftest import folder, read, table

NAMED = {"text": ["text"], "label": "label"}
# NUL is refused in files of text; lone surrogates cannot be written.
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.text(characters)
rows = st.lists(st.tuples(texts, texts), min_size=1, max_size=8)
some = settings(max_examples=60, deadline=None)


def normalised(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Normalise labels as the reader does."""
    return [(text, class_name(label)) for text, label in pairs]


def as_csv(pairs: list[tuple[str, str]], delimiter: str) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([("text", "label"), *pairs])
    return file.getvalue().encode()


def read_bytes(name: str, content: bytes, **named: object) -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / name
        path.write_bytes(content)
        return read(path, table(**NAMED, **named))


@some
@given(rows)
@pytest.mark.parametrize(("name", "delimiter"), [("x.csv", ","), ("x.csv", ";"), ("x.csv", "|"), ("x.tsv", "\t")])
def test_csv_is_read_back(name, delimiter, pairs):
    assert read_bytes(name, as_csv(pairs, delimiter), delimiter=delimiter) == normalised(pairs)


@some
@given(rows)
def test_compressed_csv_is_read_back(pairs):
    assert read_bytes("x.csv.gz", gzip.compress(as_csv(pairs, ","))) == normalised(pairs)


@some
@given(rows, st.sampled_from(["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "gb18030"]))
def test_csv_of_a_declared_encoding_is_read_back(pairs, encoding):
    content = as_csv(pairs, ",").decode().encode(encoding)
    assert read_bytes("x.csv", content, encoding=encoding) == normalised(pairs)


@some
@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=8), st.booleans())
def test_json_lines_are_read_back(pairs, escaped):
    """Only escaped JSON may contain NUL."""
    if not escaped:
        pairs = [(text.replace("\0", ""), label.replace("\0", "")) for text, label in pairs]
    lines = [json.dumps({"text": text, "label": label}, ensure_ascii=escaped) for text, label in pairs]
    assert read_bytes("x.jsonl", "\n".join(lines).encode()) == normalised(pairs)


@some
@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=8))
def test_parquet_is_read_back(pairs):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": [text for text, _ in pairs], "label": [label for _, label in pairs]}), sink)
    assert read_bytes("x.parquet", sink.getvalue().to_pybytes()) == normalised(pairs)


@some
@given(st.lists(st.tuples(texts, st.sampled_from(["a", "b", "ä ö"])), min_size=1, max_size=8))
def test_folders_are_read_back(pairs):
    with tempfile.TemporaryDirectory() as scratch:
        for number, (text, label) in enumerate(pairs):
            (Path(scratch) / label).mkdir(exist_ok=True)
            (Path(scratch) / label / str(number)).write_bytes(text.encode())
        expected = [(text.removeprefix("\ufeff"), label) for text, label in pairs]  # it marks UTF-8
        assert sorted(read(Path(scratch), folder())) == sorted(expected)


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(values, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2))
bits = st.binary(max_size=20) | st.sampled_from(
    [
        b"text",
        b"label",
        b",",
        b";",
        b"\t",
        b'"',
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xe9",
        "é".encode(),
    ]
)
junk = st.lists(bits, max_size=30).map(b"".join)
objects = st.lists(anything, max_size=5).map(lambda pairs: "\n".join(map(json.dumps, pairs)).encode())


@settings(max_examples=150, deadline=None)
@given(junk | objects, st.booleans())
@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.jsonl", "x.json", "x.parquet", "x.csv.gz", "x.jsonl.gz"])
def test_any_bytes_give_rows_or_a_user_error(name, content, header):
    content = b"text,label\nx,y\n" + content if header and "csv" in name else content
    for packed in (content, gzip.compress(content)) if name.endswith(".gz") else (content,):
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / name
            path.write_bytes(packed)
            for dataset in (table(), table(**NAMED)):
                exhaust(path, dataset)
            with suppress(UserError):
                propose(path, [], None)


@some
@given(
    junk, st.sampled_from(["utf-7", "utf-16", "cp037", "shift_jis", "unicode_escape", "punycode", "idna", "iso2022_jp"])
)
@pytest.mark.parametrize("name", ["x.csv", "x.jsonl"])
def test_any_bytes_in_any_declared_encoding_give_rows_or_a_user_error(name, content, encoding):
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / name
        path.write_bytes(content)
        exhaust(path, table(encoding=encoding))


@some
@given(st.lists(junk, min_size=1, max_size=5))
def test_any_bytes_in_a_folder_give_rows_or_a_user_error(contents):
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "a").mkdir()
        for number, content in enumerate(contents):
            (Path(scratch) / "a" / str(number)).write_bytes(content)
        for dataset in (folder(), folder(encoding="utf-16"), folder(encoding="punycode")):
            exhaust(Path(scratch), dataset)


def exhaust(path: Path, dataset: Any) -> None:
    with suppress(UserError):
        source = open_dataset(dataset, path)
        assert all(len(chunk.texts) == len(chunk.labels) for split in source.splits.values() for chunk in split())
        assert all(name == class_name(name) for name in source.labels())
        source.notes()


@some
@given(texts.filter(lambda text: text.strip()))
def test_utf8_is_always_detected(text):
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "x"
        path.write_bytes(b"x" + text.encode())
        assert not find_encoding(path, None).detected
