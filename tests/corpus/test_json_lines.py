import pytest

from embedding_bench.corpus.table import open_tables
from tests.corpus.conftest import read, table, write

NAMED = {"text": ["text"], "label": "label"}


@pytest.mark.parametrize("name", ["x.jsonl", "x.ndjson", "x.json", "x.JSONL"])
def test_each_object_is_a_row(tmp_path, name):
    write(tmp_path, {name: '{"text": "hello", "label": "a"}\n\n  \n{"label": "b", "text": "there"}'})
    assert read(tmp_path / name) == [("hello", "a"), ("there", "b")]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ('"a"', "a"), ('" a\\n b "', "a b"), ("1", "1"), ("-1", "-1"), ("1.50", "1.5"), ("true", "true"),
        ("false", "false"), ("null", ""), ('""', ""), ("NaN", ""), ('"null"', "null"), ('"NA"', "NA"),
        ("9" * 5000, "9" * 5000), ("1e999", "inf"), ('"\\ud83d\\ude00"', "😀"),
    ],
)  # fmt: skip
def test_labels_are_converted_to_strings(tmp_path, label, name):
    write(tmp_path, {"x.jsonl": f'{{"text": "t", "label": {label}}}\n'})
    assert read(tmp_path / "x.jsonl", table(**NAMED)) == [("t", name)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("null", ""), ('""', ""), ("5", "5"), ("true", "true"), ('"NA"', "NA"), ('"a\\u0000b\\ud800"', "a\0b\ud800")],
)
def test_texts_are_strings(tmp_path, text, expected):
    write(tmp_path, {"x.jsonl": f'{{"text": {text}, "label": 1}}\n{{"text": "x"}}\n{{"label": 1}}\n'})
    assert read(tmp_path / "x.jsonl", table(**NAMED)) == [(expected, "1"), ("x", ""), ("", "1")]


def test_keys_of_the_first_lines_are_the_columns(tmp_path):
    first = '{"id": %d, "tags": ["a"], "meta": {"x": 1}, "kind": 1, "words": "some words"}\n'
    then = '{"id": %d, "tags": [], "kind": 2, "words": "some more words", "late": true}\n'
    write(tmp_path, {"x.jsonl": (first + then) * 3 % (1, 2, 3, 4, 5, 6)})
    tables = open_tables(tmp_path / "x.jsonl", table())
    assert tables.columns == (["words"], "kind")
    assert tables.by_split["train"].header == ["id", "tags", "meta", "kind", "words", "late"]


def test_unused_keys_may_hold_anything(tmp_path):
    write(tmp_path, {"x.jsonl": '{"text": "t", "label": 1, "more": {"deep": [1, {"x": null}]}}\n'})
    assert read(tmp_path / "x.jsonl", table(**NAMED)) == [("t", "1")]


def test_lines_end_with_line_feeds_only(tmp_path):
    write(tmp_path, {"x.jsonl": '{"text": "a\u2028b\u0085c",\r "label": 1}\r\n'})
    assert read(tmp_path / "x.jsonl", table(**NAMED)) == [("a\u2028b\x85c", "1")]
