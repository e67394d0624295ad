import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.opening import open_dataset, propose
from tests.corpus.conftest import folder, table, write

ROWS = "text,kind\nsome words,a\nothers,b\nmore words,a\nand more,b\n"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x.csv", ROWS, {}),
        ("x.CSV", ROWS, {}),
        ("x.csv", ROWS.replace(",", ";"), {"delimiter": ";"}),
        ("x.tsv", ROWS.replace(",", "\t"), {"delimiter": None}),
        ("x.csv", ROWS.replace("more", "mère").encode("cp1252"), {"encoding": "cp1252"}),
        ("x.csv", ROWS.encode("utf-16"), {"encoding": "utf-16"}),
        ("x.csv", "\ufeff" + ROWS, {}),
        ("x.jsonl", '{"text": "some words", "kind": 1}\n{"text": "others", "kind": 2}\n', {}),
    ],
)
def test_a_table_is_described_completely(tmp_path, name, content, expected):
    write(tmp_path, {name: content})
    settings = {"text": ["text"], "label": "kind", "deduplicate": True} | expected
    proposal = propose(tmp_path / name, [], None)
    assert proposal == table(**settings)
    assert len(list(open_dataset(proposal, tmp_path / name).splits["train"]())) == 1


def test_named_columns_are_kept(tmp_path):
    write(tmp_path, {"x.csv": "a,b,c\nx,y,z\nx,v,w\n"})
    proposal = propose(tmp_path / "x.csv", ["c", "a"], "b")
    assert (proposal.text, proposal.label) == (["c", "a"], "b")


def test_a_folder_of_tables_names_its_splits(tmp_path):
    write(tmp_path, {"train.csv": ROWS, "test.csv": ROWS, "readme.md": "x"})
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "unsup.parquet")
    assert propose(tmp_path, [], None) == table(
        text=["text"], label="kind", deduplicate=True,
        splits={"train": "train.csv", "test": "test.csv", "unlabeled": "unsup.parquet"},
    )  # fmt: skip


def test_one_table_in_a_folder_is_train(tmp_path):
    assert propose(write(tmp_path, {"reviews.csv": ROWS}), [], None).splits == {"train": "reviews.csv"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a/1": "x", "b/1": "y"}, {}),
        ({"train/a/1": "x", "dev/a/1": "y"}, {"splits": {"train": "train", "validation": "dev"}}),
        ({"a/1": b"caf\xe9", "b/1": "y"}, {"encoding": "cp1252"}),
        ({"a/1": b"caf\xe9", "b/1": "é"}, {"encoding": None}),
    ],
    ids=["classes", "splits", "one encoding", "several encodings"],
)
def test_a_folder_is_described_completely(tmp_path, files, expected):
    proposal = propose(write(tmp_path, files), [], None)
    assert proposal == folder(deduplicate=True, **expected)
    assert len(list(open_dataset(proposal, tmp_path).splits["train"]())) == 1


@pytest.mark.parametrize(
    ("files", "text", "message"),
    [
        ({}, [], r"input: holds neither tables nor class folders; expected \.csv.*, or a folder of text files"),
        ({"a.txt": "x"}, [], r"input: holds neither tables nor class folders"),
        ({"a/1": "x"}, ["text"], r"input: holds no table, and a text or label column was named"),
        ({"a.csv": ROWS, "b.csv": ROWS}, [], r"which table is train\? found a\.csv, b\.csv; name one train"),
        ({"train.csv": ROWS}, ["txt"], r"train\.csv: no column 'txt'; did you mean 'text'\?"),
    ],
)
def test_a_path_without_tables_or_class_folders_is_refused(tmp_path, files, text, message):
    (tmp_path / "input").mkdir()
    with pytest.raises(UserError, match=message):
        propose(write(tmp_path / "input", files), text, None)


def test_a_missing_path_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"nowhere: no such file"):
        propose(tmp_path / "nowhere", [], None)


def test_class_folders_precede_a_stray_table_but_not_a_train_table(tmp_path):
    texts = {f"{label}/{number}.txt": f"text {number}" for label in ("ham", "spam") for number in range(3)}
    write(tmp_path, {**texts, "manifest.csv": ROWS, "meta.json": "{}"})
    assert propose(tmp_path, [], None) == folder(deduplicate=True)
    write(tmp_path, {"train.csv": ROWS})
    assert propose(tmp_path, [], None).splits == {"train": "train.csv"}


def test_a_declared_encoding_and_delimiter_are_kept(tmp_path):
    write(tmp_path, {"x.csv": "text;kind\nm\xe8re, w;a\nx;b\n".encode("latin-1")})
    proposal = propose(tmp_path / "x.csv", [], None, "latin-1", ";")
    assert (proposal.encoding, proposal.delimiter) == ("latin-1", ";")
