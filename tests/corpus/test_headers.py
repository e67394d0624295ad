"""Tables without a header: detected, declared, and reported."""

import os

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.opening import propose
from tests.corpus.conftest import notes, read, table, write

TOPICS = (
    '"3","Wall St. falls","Short sellers, again."\n"1","Talks go on","A second day."\n"3","Oil rises","By a cent."\n'
)
FILMS = "a stirring , funny film\t1\nit is hard to sit through\t0\na joy\t1\n"
NAMES = "good,a fine day\nbad,a grey day\ngood,sun at last\nbad,rain again\n"
HEADED = "label,text\n" + NAMES


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("topics.csv", TOPICS, ("Short sellers, again.", "3")),
        ("films.tsv", FILMS, ("a stirring , funny film", "1")),
        ("names.csv", NAMES, ("a fine day", "good")),
        ("long.csv", f"{'word ' * 30},x\nshort,y\nshorter,x\nthe shortest,x\n", ("word " * 30, "x")),
    ],
)
def test_a_first_row_of_data_is_read_and_columns_have_numbers(tmp_path, name, content, expected):
    path = write(tmp_path, {name: content}) / name
    rows = read(path, table(label="1" if name in ("topics.csv", "names.csv") else "2"))
    assert rows[0] == expected
    assert len(rows) == content.count("\n")
    proposal = propose(path, [], None)
    assert proposal.header is False
    assert read(path, proposal)[0] == expected
    (note,) = (note for note in notes(path) if "header" in note)
    assert note.startswith(f"{name} has no header: its columns are called 1 to ")


@pytest.mark.parametrize(
    "content",
    [
        HEADED,
        HEADED + "".join(NAMES for _ in range(60)) + HEADED,  # repeated by mistake
        "id,label,text\n1,1,a\n2,0,b\n",
        "Category,Text\ngood,a\n",
        ",text,label\n0,a,x\n1,b,y\n",
        "score\ttext\n1\ta\n2\tb\n",
        f"{'How satisfied were you with all of it? ' * 4},text\ngood,a\nbad,b\ngood,c\n",
        ",0,text\n0,1,a\n1,0,b\n",
        "text,spam\na,spam\nb,ham\nc,spam\nd,ham\n",
        "text,nan\na,1\nb,2\nc,1\n",
    ],
    ids=["names", "repeated", "numbers", "one row", "unnamed index", "tab", "a long name", "index", "a class", "nan"],
)
def test_a_header_is_no_data(tmp_path, content):
    path = write(tmp_path, {"x.csv": content}) / "x.csv"
    proposal = propose(path, ["text" if "text" in content else "Text"], None, header=True)
    assert proposal == propose(path, proposal.text, None).model_copy(update={"header": True})
    assert not any("header" in note for note in notes(path, proposal.model_copy(update={"header": None})))


def test_a_declared_header_is_taken_at_its_word(tmp_path):
    write(tmp_path, {"data.csv": NAMES, "names.csv": HEADED})
    assert len(read(tmp_path / "data.csv", table(header=True, label="good"))) == 3
    assert read(tmp_path / "names.csv", table(header=False, label="1"))[0] == ("text", "label")
    with pytest.raises(UserError, match="no column 'text'; allowed: 1, 2"):
        read(tmp_path / "data.csv", table(text=["text"]))


def test_columns_are_named_by_number(tmp_path):
    path = write(tmp_path, {"topics.csv": TOPICS}) / "topics.csv"
    proposal = propose(path, ["2", "3"], "1")
    assert read(path, proposal)[1] == ("Talks go on A second day.", "1")


def test_a_single_row_without_header_is_read(tmp_path):
    path = write(tmp_path, {"x.csv": "good,a day\n"}) / "x.csv"
    assert read(path, table(header=False, text=["2"], label="1")) == [("a day", "good")]
    with pytest.raises(UserError, match=r"holds a header only; .*`--no-header`"):
        read(path)


def test_splits_without_header_are_read_alike(tmp_path):
    write(tmp_path, {"train.tsv": FILMS, "test.tsv": FILMS.replace("a joy\t1\n", "")})
    proposal = propose(tmp_path, [], None)
    assert proposal.header is False
    assert len(read(tmp_path, proposal, "test")) == 2


def test_a_short_test_split_has_the_header_that_train_has(tmp_path):
    """Alone, its two rows would look like a header and a row."""
    write(tmp_path, {"train.csv": NAMES * 10, "test.csv": "neutral,so it goes\ngood,a fine day\n"})
    assert len(read(tmp_path, propose(tmp_path, [], None), "test")) == 2


def test_quotes_of_a_tsv_that_do_not_pair_belong_to_its_texts(tmp_path):
    path = write(tmp_path, {"x.tsv": '"Get out, he said\t1\n5" pipes\t0\n"No" means no\t1\n'}) / "x.tsv"
    rows = read(path, table(label="2"))
    assert rows == [('"Get out, he said', "1"), ('5" pipes', "0"), ('"No" means no', "1")]
    assert any("quotes are part of its texts" in note for note in notes(path))


def test_paired_quotes_of_a_tsv_are_read_as_such(tmp_path):
    path = write(tmp_path, {"x.tsv": '"a\tb"\t1\nc\t0\nd\t1\n'}) / "x.tsv"
    assert read(path, table(label="2"))[0] == ("a\tb", "1")


def test_quotes_may_follow_spaces(tmp_path):
    path = write(tmp_path, {"x.csv": '0, "hello, you"\n1, "and, you"\n0, me\n'}) / "x.csv"
    assert read(path, table(label="1"))[:2] == [("hello, you", "0"), ("and, you", "1")]


def test_what_lies_beside_tables_need_not_be_readable(tmp_path):
    write(tmp_path, {"train.csv": HEADED, "test.csv": HEADED})
    (tmp_path / "old.gz").write_bytes(b"\x1f\x8b damaged")
    os.mkfifo(tmp_path / "pipe")
    assert len(read(tmp_path, propose(tmp_path, [], None))) == 4
