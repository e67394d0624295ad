import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embedding_bench.corpus.table import open_tables
from embedding_bench.settings.datasets import TableDataset
from tests.corpus.conftest import notes, read, table


def write(folder, **columns):
    path = folder / "x.parquet"
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["a", " b "], ["a", "b"]),
        ([1, -1], ["1", "-1"]),
        ([1.0, 2.5], ["1", "2.5"]),
        ([True, False], ["true", "false"]),
        ([datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)], ["2024-01-31", "2024-02-01"]),
        (pa.array(["x", "y"]).dictionary_encode(), ["x", "y"]),
        (pa.array(["x", "y"], pa.large_string()), ["x", "y"]),
        (pa.array([b"x", b"y"]), ["x", "y"]),
        ([Decimal("1.50"), Decimal("2.00")], ["1.50", "2.00"]),
        (pa.array(np.array([1, 2], np.float16)), ["1", "2"]),
        ([None, "a"], ["", "a"]),
        ([float("nan"), 1.0], ["", "1"]),
        ([None, True], ["", "true"]),
        (pa.array([None, None]), ["", ""]),
    ],
    ids=str,
)
def test_labels_are_converted_to_strings(tmp_path, labels, names):
    path = write(tmp_path, text=["t", "u"], label=labels)
    assert read(path, table(text=["text"], label="label")) == [("t", names[0]), ("u", names[1])]


def test_texts_may_be_missing_or_of_other_types(tmp_path):
    path = write(tmp_path, a=["x", None, None], b=[1, 2, None], label=["l", "m", "m"])
    assert read(path, table(text=["a", "b"], label="label")) == [("x 1", "l"), (" 2", "m"), (" ", "m")]


def test_columns_are_guessed_among_supported_types(tmp_path):
    path = write(
        tmp_path, n=[1.5, 2.5, 3.5, 4.5], long_lists=[["x" * 99]] * 4, words=["w w", "v v v", "u", "t"],
        kind=pa.array(["a", "b", "a", "b"]).dictionary_encode(), nested=[{"a": 1}] * 4, bits=[b"\xff" * 99] * 4,
    )  # fmt: skip
    assert open_tables(path, table()).columns == (["words"], "kind")


def test_unused_columns_may_have_any_type(tmp_path):
    path = write(tmp_path, lists=[[1]] * 4, text=["a", "b", "c", "d"], kind=[1, 2, 1, 2], nested=[{"x": {"y": 1}}] * 4)
    assert open_tables(path, table()).columns == (["text"], "kind")
    assert read(path)[0] == ("a", "1")


def test_names_with_dots_are_column_names(tmp_path):
    path = write(tmp_path, **{"a.b": ["x"], "a": ["y"], "c.d.e": ["l"]})
    assert read(path, table(text=["a.b", "a"], label="c.d.e")) == [("x y", "l")]


def test_many_rows_come_in_order_and_in_chunks(tmp_path):
    texts = [f"text {n}" for n in range(10_000)]
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"label": [n % 7 for n in range(10_000)], "text": texts}), path, row_group_size=999)
    assert [text for text, _ in read(path)] == texts


def test_the_columns_are_noted(tmp_path):
    assert notes(write(tmp_path, text=["x", "y"], label=["a", "b"])) == ["text in text, label in label"]


def test_settings_of_text_files_are_ignored(tmp_path):
    path = write(tmp_path, text=["é", "y"], label=["a", "b"])
    assert read(path, TableDataset(source="table", encoding="ascii", delimiter="|"))[0] == ("é", "a")
