"""CSV files: reading, guesses of columns and delimiters, and the corpus."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.split_names import split_of
from embedding_bench.corpus.table import open_tables
from stages.download import download
from tests.corpus.conftest import notes, read, table

SPLITS = ("train", "validation", "test", "unlabeled")
BODY = "".join(f"good text {n},good\nbad text {n},bad\n" for n in range(10))


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def convert(tmp_path: Path, content: str | bytes, **settings: object) -> Path:
    out = tmp_path / "data/corpus"
    download("table", table(**settings), write(tmp_path, content), out)
    return out


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("text,label\nhello,a\n", [("hello", "a")]),
        ("text,label\nno line break at the end,a", [("no line break at the end", "a")]),
        ('text,label\n"one, two",a\n"say ""hi""",b\n', [("one, two", "a"), ('say "hi"', "b")]),
        ('text,label\n"two\nlines",a\nnext,b\n', [("two\nlines", "a"), ("next", "b")]),
        ("\ufefftext,label\nhello,a\n", [("hello", "a")]),
        ("text,label\r\nhello,a\r\nthere,b\r\n", [("hello", "a"), ("there", "b")]),
        ("text,label\nhello,a\n\n\nthere,b\n\n", [("hello", "a"), ("there", "b")]),
        ("label,text\na,hello\n", [("hello", "a")]),
        ("text,label\nNA,a\nnull,b\nNaN,None\n", [("NA", "a"), ("null", "b"), ("NaN", "None")]),
        ("text,label\nNA,NA\nx,nan\n", [("NA", "NA"), ("x", "nan")]),
        ("text,label\n1.50,001\n", [("1.50", "001")]),
        ("text,label\nx, a \ny,a\n", [("x", "a"), ("y", "a")]),
        ("text,label\n,a\nx,b\n", [("", "a"), ("x", "b")]),
        ("text,label\nZürich 東京 🙂,ä\n", [("Zürich 東京 🙂", "ä")]),
    ],
)
def test_a_table_is_read_as_text(tmp_path, content, rows):
    assert read(write(tmp_path, content)) == rows


def test_several_text_columns_are_joined_by_a_space_in_the_declared_order(tmp_path):
    path = write(tmp_path, "body,label,title\nrain again,a,Weather\n")
    assert read(path, table(text=["title", "body"], label="label")) == [("Weather rain again", "a")]


def test_a_text_longer_than_csvs_own_limit_is_read_whole(tmp_path):
    assert read(write(tmp_path, f"text,label\n{'long ' * 100_000},a\n"))[0][0] == "long " * 100_000


@pytest.mark.parametrize(
    ("content", "text", "label"),
    [
        ("id,Review,Sentiment\n1,so so,neg\n2,fine,pos\n", ["Review"], "Sentiment"),
        ("topic,words,text\na,many more words,b\n", ["text"], "topic"),
        ("x,y\nthe first of them,a\nthe second,a\nthe third one,b\nand one more,b\n", ["x"], "y"),
        ("kind,n,words\na,1,some words here\na,2,others are there\nb,3,and a third\nb,4,x\n", ["words"], "kind"),
        ("text,n,y\nrain,1,wet\nsun,2,dry\nsnow,3,wet\nfog,4,wet\n", ["text"], "y"),
    ],
    ids=["names in any case", "names before content", "fewest values", "longest values", "text by name"],
)
def test_columns_are_guessed_by_name_and_then_by_content(tmp_path, content, text, label):
    assert open_tables(write(tmp_path, content), table()).columns == (text, label)


def test_declared_columns_are_not_guessed(tmp_path):
    path = write(tmp_path, "text,label,topic\nhello,a,b\n")
    assert open_tables(path, table(text=["label"], label="topic")).columns == (["label"], "topic")


def test_the_guess_is_reported(tmp_path, capsys):
    out = convert(tmp_path, f"words,kind\n{BODY}")
    assert corpus.read_summary(out)["notes"] == ["text in words, label in kind"]
    assert "text in words, label in kind" in capsys.readouterr().out


def test_a_table_becomes_a_corpus_of_sorted_classes(tmp_path):
    out = convert(tmp_path, f"text,label\n{BODY}", test=0.2, validation=0.25)
    summary = corpus.read_summary(out)
    assert (summary["dataset"], summary["labels"]) == ("table", ["bad", "good"])
    assert {split: entry["rows"] for split, entry in summary["splits"].items()} == {
        "train": 12, "validation": 4, "test": 4,
    }  # fmt: skip
    for split in ("train", "validation", "test"):
        rows = pq.read_table(out / f"{split}.parquet").to_pylist()
        assert all(row["text"].startswith(summary["labels"][row["label"]]) for row in rows)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("text;label\nhello, there;a\nx;b\n", [("hello, there", "a"), ("x", "b")]),
        ("text\tlabel\nhello, there\ta\n", [("hello, there", "a")]),
        ("text|label\nhello; there|a\n", [("hello; there", "a")]),
        ("a;b,text,label\nx;y,hello,a\n", [("hello", "a")]),
        ('text,label\n"a;b;c",x\nd;e,y\n', [("a;b;c", "x"), ("d;e", "y")]),
        ("text,the;label\nhello;x,a;b\n,c\n", [("hello;x", "a;b"), ("", "c")]),
    ],
)
def test_the_delimiter_is_guessed_from_the_first_rows(tmp_path, content, rows):
    assert read(write(tmp_path, content)) == rows


def test_a_guessed_delimiter_other_than_comma_is_noted(tmp_path):
    assert notes(write(tmp_path, "text;label\nx;a\n"))[1:] == ["cells separated by ';'"]
    assert notes(write(tmp_path, "text,label\nx,a\n"))[1:] == []


def test_a_declared_delimiter_is_used(tmp_path):
    path = write(tmp_path, "text:label\nhello, there; and|more:a\n")
    assert read(path, table(delimiter=":")) == [("hello, there; and|more", "a")]


def test_an_empty_label_is_missing(tmp_path):
    path = write(tmp_path, "text,label\nx,a\ny,\nz,  \n")
    assert read(path) == [("x", "a"), ("y", ""), ("z", "")]


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.csv", "train"), ("Training-set.csv", "train"), ("news_train_v2.csv", "train"), ("test.csv", "test"),
        ("val.csv", "validation"), ("valid.csv", "validation"), ("dev_01.csv", "validation"),
        ("validation.csv", "validation"), ("unsup.csv", "unlabeled"), ("train_unlabelled.csv", "unlabeled"),
        ("devices.csv", None), ("testimonials.csv", None), ("train_test.csv", None), ("sample_submission.csv", None),
    ],
)  # fmt: skip
def test_a_file_is_a_split_by_its_name(name, split):
    assert split_of(name) == split


def splits(**extra: str) -> dict[str, str]:
    rows = {split: f"label,text\n{''.join(f'{n % 2},{split} {n}{chr(10)}' for n in range(8))}" for split in SPLITS}
    return {f"{split}.csv": content for split, content in rows.items()} | extra


def test_a_folder_with_a_file_for_each_split_is_read(run):
    out = run(splits(**{"notes.txt": "x", ".hidden.csv": "y"}), table())
    summary = corpus.read_summary(out)
    assert {split: entry["rows"] for split, entry in summary["splits"].items()} == dict.fromkeys(SPLITS, 8)
    assert summary["notes"] == [
        "text in text, label in label",
        "files: train.csv as train, validation.csv as validation, test.csv as test, unlabeled.csv as unlabeled",
    ]


def test_unused_tables_are_named(run):
    out = run(splits(**{"sample_submission.csv": "id,label\n1,0\n"}), table())
    assert "1 tables beside them not used: sample_submission.csv" in corpus.read_summary(out)["notes"]


def test_a_file_named_only_after_the_split_is_preferred(run):
    out = run(splits(**{"train_labels.csv": "x,y\n1,2\n", "a_test.csv": "x,y\n1,2\n"}), table())
    assert "2 tables beside them not used: a_test.csv, train_labels.csv" in corpus.read_summary(out)["notes"]


def test_files_are_splits_as_declared(run):
    files = {"a.csv": splits()["train.csv"], "sub/b.tsv": splits()["test.csv"].replace(",", "\t")}
    out = run(files, table(splits={"train": "a.csv", "test": "sub/b.tsv"}))
    assert [row["text"] for row in pq.read_table(out / "test.parquet").to_pylist()] == [f"test {n}" for n in range(8)]


def test_a_single_table_of_any_name_is_split(run):
    out = run({"devices.csv": f"text,label\n{BODY}", "README.md": "x"}, table())
    assert corpus.splits(out) == ["train", "validation", "test"]


def test_a_test_file_without_the_label_column_counts_as_unlabeled(run):
    """As in competitions with hidden labels."""
    out = run({"train.csv": f"text,label\n{BODY}", "test.csv": "id,text\n1,x\n2,y\n"}, table())
    summary = corpus.read_summary(out)
    assert {split: entry["rows"] for split, entry in summary["splits"].items()} == {
        "train": 14, "validation": 2, "test": 4, "unlabeled": 2,
    }  # fmt: skip


def test_a_failure_keeps_the_existing_corpus(tmp_path):
    out = convert(tmp_path, f"text,label\n{BODY}")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(UserError, match="cells"):
        convert(tmp_path, f"text,label\n{BODY}x,y,z\n")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in out.parent.iterdir()] == ["corpus"]
