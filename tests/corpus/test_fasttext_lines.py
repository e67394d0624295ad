"""fastText's training format."""

import gzip

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.opening import propose
from tests.corpus.conftest import notes, read, table, write

LINES = "__label__good a fine day\n\n__label__bad\train , again\nno label here\nlate __label__good\n"
ROWS = [("a fine day", "good"), ("rain , again", "bad"), ("no label here", ""), ("late", "good")]


@pytest.mark.parametrize("name", ["data.txt", "data.train", "data", "data.txt.gz"])
def test_lines_are_read_whatever_the_suffix(tmp_path, name):
    content = gzip.compress(LINES.encode()) if name.endswith(".gz") else "\ufeff" + LINES
    path = write(tmp_path, {name: content}) / name
    proposal = propose(path, [], None)
    assert proposal == table(text=["text"], label="label", deduplicate=True)
    assert read(path, proposal) == read(path) == ROWS


def test_splits_are_found_by_name(tmp_path):
    write(tmp_path, {"train.txt": LINES, "test.txt": LINES, "readme.txt": "no table"})
    assert propose(tmp_path, [], None).splits == {"train": "train.txt", "test": "test.txt"}
    assert read(tmp_path, split="test") == ROWS


def test_another_encoding_is_detected(tmp_path):
    path = write(tmp_path, {"x.txt": ("__label__ok mère\n" * 20).encode("cp1252")}) / "x.txt"
    assert read(path)[0] == ("mère", "ok")
    assert notes(path)[-1] == "x.txt read as cp1252, which was detected"


@pytest.mark.parametrize("place", [2, 2000])
def test_several_labels_are_refused(tmp_path, place):
    lines = ["__label__a word"] * (place - 1) + ["__label__a __label__b words"]
    path = write(tmp_path, {"x.txt": "\n".join(lines)}) / "x.txt"
    with pytest.raises(UserError, match=rf"x\.txt: line {place} has 2 labels, __label__a __label__b; expected one: "):
        read(path)


def test_other_text_files_are_refused(tmp_path):
    path = write(tmp_path, {"x.txt": "just words\n"}) / "x.txt"
    with pytest.raises(UserError, match=r"unknown table format; .* or lines that begin with __label__"):
        propose(path, [], None)
