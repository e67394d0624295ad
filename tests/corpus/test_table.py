from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stages.core.artifacts import corpus
from stages.core.errors import UserError
from stages.core.settings import TableDataset
from stages.corpus.table import Columns, find_columns, open_table
from stages.download import download

BODY = "".join(f"good text {n},good\nbad text {n},bad\n" for n in range(10))


@pytest.fixture(autouse=True)
def timings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "project"))


def table(**settings: object) -> TableDataset:
    return TableDataset(source="csv", **settings)


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path, dataset: TableDataset | None = None) -> list[tuple[str, str]]:
    """Read raw texts with the names of their labels."""
    source = open_table(path, dataset or table())
    chunks = list(source.splits["train"]())
    names = source.labels()
    return [(text, names[label]) for chunk in chunks for text, label in zip(chunk.texts, chunk.labels, strict=True)]


def run(tmp_path: Path, content: str | bytes, **settings: object) -> Path:
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


def test_several_text_columns_are_joined_by_a_space_in_the_order_asked_for(tmp_path):
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
    found = find_columns(write(tmp_path, content), table())
    assert (found.text, found.label) == (text, label)


def test_declared_columns_are_not_guessed(tmp_path):
    path = write(tmp_path, "text,label,topic\nhello,a,b\n")
    assert find_columns(path, table(text=["label"], label="topic")) == Columns(
        ["text", "label", "topic"], ["label"], "topic"
    )


def test_the_guess_is_said(tmp_path, capsys):
    out = run(tmp_path, f"words,kind\n{BODY}")
    assert corpus.read_summary(out)["note"] == "text in words, label in kind"
    assert "text in words, label in kind" in capsys.readouterr().out


def test_a_table_becomes_a_corpus_of_sorted_classes(tmp_path):
    out = run(tmp_path, f"text,label\n{BODY}", test=0.2, validation=0.25)
    summary = corpus.read_summary(out)
    assert (summary["dataset"], summary["labels"]) == ("table", ["bad", "good"])
    assert {split: found["rows"] for split, found in summary["splits"].items()} == {
        "train": 12, "validation": 4, "test": 4,
    }  # fmt: skip
    for split in ("train", "validation", "test"):
        rows = pq.read_table(out / f"{split}.parquet").to_pylist()
        assert all(row["text"].startswith(summary["labels"][row["label"]]) for row in rows)


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        ("", {}, r"table\.csv: is empty; expected a header line"),
        ("\n\n", {}, r"table\.csv: is empty"),
        ("text,label\n", {}, r"table\.csv: holds a header only"),
        (f"text,label\n{BODY}", {"text": ["texts"]}, r"no column 'texts'; did you mean 'text'\?"),
        (f"text,label\n{BODY}", {"label": "lable"}, r"no column 'lable'; did you mean 'label'\?"),
        (f"text,label\n{BODY}", {"label": "xyz"}, r"no column 'xyz'; allowed: text, label"),
        (f"text,label\n{BODY}x,y,z\n", {}, r"table\.csv: line 22 has 3 cells, the header 2"),
        (f"text,label\n{BODY}x\n", {}, r"table\.csv: line 22 has 1 cells, the header 2"),
        ("text,label\n" + "hello world,a\n" * 2000 + "x,y,z\n", {}, r"table\.csv: line 2002 has 3 cells"),
        (f'text,label\n{BODY}"two\nlines",a\nx,y,z\n', {}, r"table\.csv: line 24 has 3 cells"),
        (b"text,label\ncaf\xe9,a\n", {}, r"table\.csv: byte 0xe9 is not UTF-8"),
        (b"text,label\n" + b"hello,a\n" * 9000 + b"caf\xe9,a\n", {}, r"table\.csv: byte 0xe9 is not UTF-8"),
        (f"text,label\n{BODY}".encode("utf-16"), {}, r"table\.csv: byte 0xff is not UTF-8"),
        (f"text,label\n{BODY}nothing,\n", {}, r"table\.csv: column 'label' is empty in some rows"),
        (f"text,label\n{BODY}nothing, \n", {}, r"table\.csv: column 'label' is empty in some rows"),
        ("text\nhello\nthere\n", {}, r"table\.csv: .*label"),
        ("text;label\nhello;a\nthere;b\n", {}, r"table\.csv: .*label"),
        ("text,label\nhello,a\nthere,a\n", {}, r"found one class, 'a'"),
        ("a,b\n" + "".join(f"x{n},y{n}\n" for n in range(9)), {}, r"no column looks like a label; name one of a, b"),
        (f'text,label\n"open,good\n{BODY}', {}, r"table\.csv: line \d+"),
    ],
    ids=lambda value: None if isinstance(value, dict) or not isinstance(value, str) else value[:25],
)
def test_a_bad_table_is_refused_in_one_line_and_leaves_nothing(tmp_path, content, settings, message):
    with pytest.raises(UserError, match=message) as caught:
        run(tmp_path, content, **settings)
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "data").iterdir()) == []
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize("row", ['the end,"good\n', 'good text,"good'])
def test_a_quote_that_is_never_closed_is_refused(tmp_path, row):
    """In the last column it swallows the rest of the file into one cell, and the count of cells is right."""
    half = len(BODY) // 2
    with pytest.raises(UserError, match=r"table\.csv: line \d+"):
        run(tmp_path, f"text,label\n{BODY}{row}{BODY[:half]}")


def test_a_quote_that_is_never_closed_does_not_swallow_rows_into_a_text(tmp_path):
    rows = "".join(f"good,good text {n}\nbad,bad text {n}\n" for n in range(10))
    with pytest.raises(UserError, match=r"table\.csv: line \d+"):
        run(tmp_path, f'label,text\n{rows}good,"an open quote\n{rows}')


def test_a_nul_byte_harms_nothing(tmp_path):
    out = run(tmp_path, f"text,label\n{BODY}a\0b,good\n".encode())
    texts = [row["text"] for split in corpus.splits(out) for row in pq.read_table(out / f"{split}.parquet").to_pylist()]
    assert len(texts) == 21
    assert [text for text in texts if text.startswith("a")] in (["a\0b"], ["a b"], ["ab"])


@pytest.mark.parametrize("name", ["nowhere.csv", ""])
def test_a_missing_file_is_named(tmp_path, name):
    out = tmp_path / "data/corpus"
    with pytest.raises(UserError, match=r"no such file; expected a CSV file with a header") as caught:
        download("table", table(), tmp_path / name, out)
    assert str(tmp_path / name) in str(caught.value)
    assert list(out.parent.iterdir()) == []


def test_a_failure_keeps_the_corpus_that_was_there(tmp_path):
    out = run(tmp_path, f"text,label\n{BODY}")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(UserError, match="cells"):
        run(tmp_path, f"text,label\n{BODY}x,y,z\n")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in out.parent.iterdir()] == ["corpus"]
