"""Faulty input: refused in one line that names place, value and remedy, with no output; or read with a note."""

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from stages.download import download
from tests.conftest import ROOT
from tests.corpus.conftest import folder, table, write

BODY = "".join(f"good text {n},good\nbad text {n},bad\n" for n in range(10))
LINES = "".join(json.dumps({"text": f"{c} text {n}", "label": c}) + "\n" for n in range(10) for c in ("good", "bad"))
READABLE = "expected a file that you may read"
HEAD = "text,label\n"
GOOD = {f"{c}/{n}.txt": f"{c} text {n}" for n in range(10) for c in ("good", "bad")}


def parquet(**columns: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def two_of_a_name() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table([["x"], ["y"], ["z"]], names=["text", "text", "label"]), sink)
    return sink.getvalue().to_pybytes()


def rows(count: int = 20) -> dict[str, object]:
    names = [("good", "bad")[n % 2] for n in range(count)]
    return {"text": [f"{name} text {n}" for n, name in enumerate(names)], "label": names}


REFUSED = {
    # a name, what it holds, settings -> what is said
    "missing column": ("a.csv", HEAD + BODY, {"text": ["texts"]}, r"a\.csv: no column 'texts'; did you mean 'text'\?"),
    "missing label": ("a.csv", HEAD + BODY, {"label": "lable"}, r"no column 'lable'; did you mean 'label'\?"),
    "missing, nothing near": ("a.csv", HEAD + BODY, {"label": "xyz"}, r"no column 'xyz'; allowed: text, label"),
    "missing key": ("a.jsonl", LINES, {"label": "lable"}, r"a\.jsonl: no column 'lable'; did you mean 'label'\?"),
    "missing field": ("a.parquet", parquet(**rows()), {"text": ["txt"]}, r"no column 'txt'; did you mean 'text'\?"),
    "both": ("a.csv", HEAD + BODY, {"text": ["text"], "label": "text"}, r"'text' is named as both text and label"),
    "empty csv": ("a.csv", "", {}, r"a\.csv: is empty; expected rows"),
    "blank csv": ("a.csv", "\n\n", {}, r"a\.csv: is empty"),
    "empty mark": ("a.csv", "\ufeff", {}, r"a\.csv: is empty"),
    "empty gzip": ("a.csv.gz", gzip.compress(b""), {}, r"a\.csv\.gz: is empty"),
    "empty tsv": ("a.tsv", "", {}, r"a\.tsv: is empty"),
    "empty jsonl": ("a.jsonl", "\n", {}, r"a\.jsonl: is empty"),
    "empty parquet": ("a.parquet", b"", {}, r"a\.parquet: cannot be read as parquet"),
    "header only": ("a.csv", HEAD, {}, r"a\.csv: holds a header only"),
    "no rows": ("a.parquet", parquet(**rows(0)), {}, r"a\.parquet: has no rows"),
    "wrong delimiter": (
        "a.csv", "text;label\nx;a\n", {"delimiter": ","},
        r"a\.csv: one column only, .* where cells end with ','; the header seems to use ';': declare `delimiter: .;.`",
    ),
    "tabs in csv": ("a.csv", "text\tlabel\nx\ta\n", {"delimiter": "|"}, r"the header seems to use tab: declare `deli"),
    "commas in tsv": ("a.tsv", HEAD + BODY, {}, r"a\.tsv: one column only, .*cells end with tab; .* to use ','"),
    "odd delimiter": ("a.csv", "text^label\nx^a\n", {}, r"the header seems to use '\^': declare `delimiter: .\^.`"),
    "one column": ("a.csv", "text\nx\ny\n", {}, r"one column only, 'text', .*; expected a text and a label"),
    "quote as delimiter": ("a.csv", HEAD + BODY, {"delimiter": '"'}, r"delimiter '\"' cannot separate cells"),
    "long row": ("a.csv", f"{HEAD}{BODY}x,y,z\n", {}, r"a\.csv: line 22 has 3 cells, the first row 2"),
    "short row": ("a.csv", f"{HEAD}{BODY}x\n", {}, r"a\.csv: line 22 has 1 cells, the first row 2"),
    "ragged far on": ("a.csv", HEAD + "hi there,a\n" * 2000 + "x,y,z\n", {}, r"a\.csv: line 2002 has 3 cells"),
    "ragged after line breaks": ("a.csv", f'{HEAD}{BODY}"two\nlines",a\nx,y,z\n', {}, r"a\.csv: line 24 has 3 cells"),
    "nul": ("a.csv", f"{HEAD}{BODY}a\0b,good\n", {}, r"a\.csv: line 22 holds a NUL byte"),
    "nul in jsonl": ("a.jsonl", f"{LINES}\0\n", {}, r"a\.jsonl: line 21 holds a NUL byte"),
    "nul though declared": ("a.csv", f"{HEAD}a\0b,c\n", {"encoding": "cp1252"}, r"a\.csv: line 2 holds a NUL byte"),
    "utf-16 without mark": ("a.csv", (HEAD + BODY).encode("utf-16-le"), {}, r"line 1 holds a NUL byte; .* utf-16-le"),
    "mixed": (
        "a.csv", (HEAD + BODY).encode() + "café,good\n".encode() + b"caf\xe9,bad\n", {},
        r"a\.csv: line 23 is not UTF-8, and other lines are: encodings are mixed; .* `encoding: cp1252`",
    ),
    "mixed in jsonl": ("a.jsonl", '{"a": "é"}\n'.encode() * 9 + b'{"a": "\xe9"}\n', {}, r"line 10 is not UTF-8, and"),
    "not as declared": ("a.csv", f"{HEAD}{BODY}é,good\n", {"encoding": "ascii"}, r"a\.csv: line 22 is not ascii"),
    "not as declared, far on": (
        "a.csv", f"{HEAD}{BODY * 9999}é,good\n", {"encoding": "ascii"}, r"a\.csv: line 199982 is not ascii",
    ),
    "half a character": ("a.csv", (HEAD + BODY).encode("utf-16")[:-1], {}, r"a\.csv: line \d+ is not utf-16"),
    "open quote": (
        "a.csv", f'{HEAD}{BODY}"never,good\n{BODY}', {},
        r"a\.csv: line 22: the quoted cell that opens here never closes; close it, or double its quotes",
    ),
    "open quote in the last cell": ("a.csv", f'{HEAD}{BODY}the end,"good\n', {}, r"line 22: .* never closes"),
    "open quote before others": (
        "a.csv", f'{HEAD}{BODY}"never,good\n{BODY}"a ""b""",bad\n', {},
        r"a\.csv: line 22: the quoted cell that opens here ends before more text in line 43",
    ),
    "text after a quote": ("a.csv", f'{HEAD}{BODY}"a"b,good\n', {}, r"line 22: .* ends before more text in line 22"),
    "open quote in tsv": ("a.tsv", 'text\tlabel\nx\ta\n"y\ta\n', {}, r"a\.tsv: line 3: the quoted cell .* never"),
    "cell of 70 MB": (
        "a.csv", f'{HEAD}{BODY}"never,good\n' + "some more text,bad\n" * 3_700_000, {},
        r"a\.csv: line 22: the quoted cell that opens here holds more than 64 MB",
    ),
    "line of 70 MB": ("a.jsonl", LINES + "x" * 70_000_000, {}, r"a\.jsonl: line 21 is longer than 64 MB"),
    "no label": ("a.csv", "text,label\nx,\ny,\n", {}, r"a\.csv: column 'label': no row of train has a label"),
    "one class": ("a.csv", "text,label\nx,a\ny,a\n", {}, r"a\.csv: column 'label': found one class, 'a'"),
    "nothing like a label": ("a.csv", "a,b\n" + "".join(f"x{n},y{n}\n" for n in range(9)), {}, r"no column looks like"),
    "dates of each row": (
        "a.csv", "text,date\n" + "".join(f"t,{n}\n" for n in range(1001)), {"label": "date"},
        r"a\.csv: column 'date': more than 1,000 different values, such as '1000', are not classes",
    ),
    "all texts empty": ("a.csv", HEAD + ",a\n<br>,b\n" * 9, {}, r"a\.csv: column 'text': all texts of train are empty"),
    "one text each": ("a.csv", HEAD + "x,a\ny,b\n", {}, r"no class has two texts to share between train and test"),
    "same name twice": ("a.csv", "text,label,text\nx,a,y\n", {}, r"a\.csv: two columns are called 'text'; rename one"),
    "list of texts": (
        "a.parquet", parquet(**rows() | {"tags": [["x"]] * 20}), {"text": ["tags"]},
        r"a\.parquet: column 'tags' holds list<.*>; expected strings",
    ),
    "bytes that are no text": (
        "a.parquet", parquet(**rows() | {"raw": [b"\xff"] * 20}), {"text": ["raw"]},
        r"column 'raw' holds bytes that are not UTF-8",
    ),
    "bytes that are no text, far on": (
        "a.parquet", parquet(**rows(5000) | {"raw": [b"x"] * 4999 + [b"\xff"]}), {"text": ["raw"]}, r"'raw': .*UTF8",
    ),
    "two fields of a name": (
        "a.parquet", two_of_a_name(), {}, r"two columns are called 'text'",
    ),
    "no parquet": ("a.parquet", HEAD + BODY, {}, r"a\.parquet: cannot be read as parquet"),
    "parquet cut short": ("a.parquet", parquet(**rows())[:-9], {}, r"a\.parquet: cannot be read as parquet"),
    "gzip cut short": ("a.csv.gz", gzip.compress((HEAD + BODY).encode())[:-20], {}, r"a\.csv\.gz: gzip data .*cut sho"),
    "no gzip": ("a.csv.gz", HEAD + BODY, {}, r"a\.csv\.gz: gzip data that are cut short or damaged"),
    "damaged gzip": ("a.jsonl.gz", gzip.compress(LINES.encode())[:30] + b"x" * 99, {}, r"a\.jsonl\.gz: gzip data"),
    "broken json": ("a.jsonl", LINES + '{"text": "x", "label\n', {}, r"a\.jsonl: line 21, column 21 is not JSON: Inva"),
    "no object": ("a.jsonl", LINES + "5\n", {}, r"a\.jsonl: line 21 holds a number, not a JSON object; expected an"),
    "null": ("a.jsonl", "null\n" + LINES, {}, r"a\.jsonl: line 1 holds null, not a JSON object"),
    "array": ("a.json", json.dumps([{"text": "x", "label": "y"}]), {}, r"a\.json: line 1 holds a list, .*jq -c"),
    "array over lines": ("a.json", json.dumps([{"text": "x"}], indent=1), {}, r"a\.json: line 1.* is not JSON.*jq -c"),
    "deep json": ("a.jsonl", '{"a":' * 99_999 + "\n", {}, r"a\.jsonl: line 1 is not JSON: nested too deeply"),
    "list as label": ("a.jsonl", LINES + '{"label": ["a"]}\n', {}, r"line 21: 'label' holds a list"),
    "object as text": ("a.jsonl", LINES + '{"text": {}}\n', {}, r"line 21: 'text' holds an object"),
    "unknown format": ("a.xlsx", "x", {}, r"a\.xlsx: unknown table format; expected \.csv"),
    "packed parquet": ("a.parquet.gz", "x", {}, r"a\.parquet\.gz: unknown table format"),
    "splits of a file": ("a.csv", HEAD + BODY, {"splits": {"train": "x"}}, r"a\.csv: is one file, and `splits`"),
}  # fmt: skip


def refuse(tmp_path: Path, given: Path, dataset: object, message: str) -> None:
    out = tmp_path / "data/corpus"
    with pytest.raises(UserError, match=message) as caught:
        download("given", dataset, given, out)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500 + len(str(tmp_path)) * 2
    assert list(out.parent.iterdir()) == []
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize(("name", "content", "settings", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_table_is_refused_in_one_line_and_leaves_nothing(tmp_path, name, content, settings, message):
    refuse(tmp_path, write(tmp_path, {name: content}) / name, table(**settings), message)


@pytest.mark.parametrize(
    ("files", "settings", "message"),
    [
        ({}, {}, r"input: holds no table; expected \.csv"),
        ({"a.txt": "x"}, {}, r"input: holds no table"),
        ({"a.csv": "x", "b.tsv": "y"}, {}, r"which table is train\? found a\.csv, b\.tsv; .*\{train: a\.csv\}"),
        ({"test.csv": "x", "val.csv": "y"}, {}, r"which table is train\? found test\.csv, val\.csv"),
        ({"train1.csv": "x", "train_2.csv": "y"}, {}, r"both 'train1.csv' and 'train_2.csv' look like train"),
        ({"train.csv": "x"}, {"splits": {"train": "trian.csv"}}, r"no file 'trian\.csv', which `splits` names; did y"),
        ({"train.csv": HEAD + BODY, "test.csv": "txt,label\nx,a\n"}, {}, r"test\.csv: no column 'text'; did you mean"),
        ({"train.csv": HEAD + BODY, "test.csv": HEAD}, {}, r"test\.csv: holds a header only"),
        ({"train.csv": HEAD + BODY, "test.csv": HEAD + "x,odd\n"}, {}, r"'test': class 'odd' has 1 texts there and n"),
        ({"train.csv": HEAD + BODY, "test.csv": "text,label,label\nx,a,b\n"}, {}, r"test\.csv: two columns are called"),
    ],
)  # fmt: skip
def test_a_bad_folder_of_tables_is_refused(tmp_path, files, settings, message):
    (tmp_path / "input").mkdir()
    refuse(tmp_path, write(tmp_path / "input", files), table(**settings), message)


@pytest.mark.parametrize(
    ("files", "settings", "message"),
    [
        ({}, {}, r"input: holds no texts in class folders; expected a folder of text files for each class"),
        ({"a.txt": "x"}, {}, r"input: holds no texts in class folders"),
        ({"good/1.txt": "x", "good/2.txt": "x"}, {}, r"the class folders: found one class, 'good'"),
        (GOOD | {"good/x.bin": b"ab\n\0"}, {}, r"good/x\.bin: line 2 holds a NUL byte"),
        (GOOD | {"good/x": "é\n".encode() + b"\xe9"}, {}, r"good/x: line 2 is not UTF-8, and other lines are"),
        (GOOD | {"good/x": b"ok\n\xff"}, {"encoding": "utf-8"}, r"good/x: line 2 is not utf-8"),
        (GOOD | {"good/x": b"\xff\xfea"}, {}, r"good/x: line 1 is not utf-16"),
        (GOOD | {"good/x": b"x" * (2**26 + 1)}, {}, r"good/x: is longer than 64 MB; expected one text in a file"),
        (GOOD, {"splits": {"train": "goood"}}, r"no folder 'goood', which `splits` names; did you mean 'good'\?"),
        ({f"train/{k}": v for k, v in GOOD.items()} | {"test/odd/1": "x"}, {}, r"'test': class 'odd' has 1 texts ther"),
        ({f"c{n}/1": "x" for n in range(1001)}, {}, r"the class folders: more than 1,000 different values"),
    ],
)  # fmt: skip
def test_a_bad_folder_of_texts_is_refused(tmp_path, files, settings, message):
    (tmp_path / "input").mkdir()
    refuse(tmp_path, write(tmp_path / "input", files), folder(**settings), message)


@pytest.mark.parametrize("dataset", [table(), folder()], ids=["table", "folder"])
@pytest.mark.parametrize("name", ["nowhere.csv", "no/where"])
def test_a_missing_path_is_named(tmp_path, dataset, name):
    refuse(tmp_path, tmp_path / name, dataset, rf"{name}: no such (file|folder); expected")


def test_a_file_is_refused_as_a_folder_of_texts(tmp_path):
    refuse(tmp_path, write(tmp_path, {"a.csv": HEAD}) / "a.csv", folder(), r"a\.csv: no such folder; expected a folder")


@pytest.mark.parametrize("dataset", [table(), folder()], ids=["table", "folder"])
@pytest.mark.parametrize("name", ["x" * 300, "a.csv/b"])
def test_an_invalid_path_is_refused(tmp_path, dataset, name):
    write(tmp_path, {"a.csv": HEAD})
    refuse(tmp_path, tmp_path / name, dataset, r"no such (file|folder)|cannot be read: File name too long")


@pytest.mark.parametrize("target", ["good/itself", "nowhere"])
def test_a_broken_link_is_refused(tmp_path, target):
    write(tmp_path / "input", GOOD)
    (tmp_path / "input/good/itself").symlink_to(tmp_path / "input" / target)
    refuse(tmp_path, tmp_path / "input", folder(), r"good/itself: a link that leads nowhere \(.*\); remove it")


def test_a_table_that_links_to_itself_is_refused(tmp_path):
    (tmp_path / "a.csv").symlink_to(tmp_path / "a.csv")
    refuse(tmp_path, tmp_path / "a.csv", table(), r"a\.csv: (no such file|cannot be read)")


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from embedding_bench.core.errors import UserError
from embedding_bench.settings.datasets import FolderDataset, TableDataset
from embedding_bench.corpus.opening import open_dataset
"".encode("utf-8-sig")  # the interpreter's own files may be out of nobody's reach
dataset = TableDataset(source="table") if sys.argv[1] == "table" else FolderDataset(source="folder")
if os.geteuid() == 0:
    os.setuid(65534)
try:
    [list(read()) for read in open_dataset(dataset, Path(sys.argv[2])).splits.values()]
except UserError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("kind", "place"),
    [("table", "train.csv"), ("table", "."), ("folder", "bad/3.txt"), ("folder", "bad"), ("folder", ".")],
)
def test_an_unreadable_path_is_named(kind, place):
    """Run as another user, since root may read everything."""
    files = GOOD if kind == "folder" else {"train.csv": HEAD + BODY, "test.csv": HEAD + BODY}
    with tempfile.TemporaryDirectory() as given:  # unlike tmp_path, in a folder that is open to all
        write(Path(given), files)
        Path(given).chmod(0o755)
        (Path(given) / place).chmod(0)
        command = [sys.executable, "-c", READ_AS_NOBODY, kind, given]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        (Path(given) / place).chmod(0o755)
    assert said.stdout.strip() == f"{Path(given) / place}: cannot be read: Permission denied; {READABLE}"


HARMLESS = {
    # a name, what it holds, settings -> a text of it and its label, and what is noted
    "byte-order mark": ("a.csv", "\ufeff" + HEAD + BODY, {}, ("good text 1", "good"), None),
    "utf-16": ("a.csv", (HEAD + BODY).encode("utf-16"), {}, ("good text 1", "good"), None),
    "utf-32 in jsonl": ("a.jsonl", LINES.encode("utf-32"), {}, ("good text 1", "good"), None),
    "utf-16 without mark, declared": (
        "a.csv", (HEAD + BODY).encode("utf-16-be"), {"encoding": "utf-16-be"}, ("good text 1", "good"), None,
    ),
    "cp1252": (
        "a.csv", (f"{HEAD}{BODY}café,good\n").encode("cp1252"), {}, ("café", "good"),
        "a.csv read as cp1252, which was detected",
    ),
    "row of 10 MB": (
        "a.csv", f"{HEAD}{BODY}{'long ' * 2_000_000},good\n", {}, (("long " * 2_000_000).strip(), "good"),
        "1 texts longer than 1,000,000 characters",
    ),
    "labels missing": ("a.csv", f"{HEAD}{BODY}x y,\n", {}, ("x y", None), "1 rows of train without a label are unlab"),
    "labels null": (
        "a.jsonl", LINES + '{"text": "x y", "label": null}\n{"text": "z"}\n', {}, ("x y", None), "2 rows of train wi",
    ),
    "labels null in parquet": (
        "a.parquet", parquet(text=["x y", *rows()["text"]], label=[None, *rows()["label"]]), {}, ("x y", None),
        "1 rows of train without",
    ),
    "class with one text": (
        "a.csv", f"{HEAD}{BODY}x y,odd\n", {}, ("x y", "odd"), "1 classes have too few texts to stand in every split",
    ),
    "punctuation": ("a.csv", HEAD + "?!,good\n...,bad\n" * 9, {"deduplicate": False}, ("?!", "good"), None),
    "NA": ("a.csv", f"{HEAD}{BODY}NA,good\n", {}, ("NA", "good"), None),
    "null": ("a.csv", f"{HEAD}{BODY}null,good\n", {}, ("null", "good"), None),
    "label NA": ("a.csv", HEAD + "".join(f"x {n},NA\ny {n},b\n" for n in range(9)), {}, ("x 3", "NA"), None),
    "no text": ("a.jsonl", LINES + '{"label": "good"}\n', {}, ("", "good"), None),
    "dates": (
        "a.csv", "text,day\n" + "".join(f"x {n},2024-0{n % 2 + 1}-01\n" for n in range(20)), {},
        ("x 3", "2024-02-01"), None,
    ),
    "numbers": ("a.csv", HEAD + "".join(f"x {n},{n % 3 - 1}\n" for n in range(20)), {}, ("x 3", "-1"), None),
    "list column": ("a.parquet", parquet(**rows() | {"tags": [["x"]] * 20}), {}, ("good text 2", "good"), None),
    "lone surrogate": ("a.jsonl", LINES + '{"text": "\\ud800", "label": "good"}\n', {}, ("\ufffd", "good"), None),
    "lone surrogate as label": (
        "a.jsonl", "".join(f'{{"text": "x {n}", "label": "\\ud800{n % 2}"}}\n' for n in range(20)), {},
        ("x 3", "?1"), None,
    ),
    "escaped nul": ("a.jsonl", LINES + '{"text": "a\\u0000b", "label": "good"}\n', {}, ("a b", "good"), None),
    "number too long for Python": (
        "a.jsonl", LINES + f'{{"text": "x y", "label": "good", "id": {"9" * 5000}}}\n', {}, ("x y", "good"), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "settings", "row", "note"), HARMLESS.values(), ids=HARMLESS)
def test_harmless_faults_are_read_and_noted(run, name, content, settings, row, note):
    out = run({name: content}, table(**settings), name)
    summary = corpus.read_summary(out)
    names = [*summary["labels"], None]
    rows = [
        (text["text"], names[text["label"]])
        for split in corpus.splits(out)
        for text in pq.read_table(out / f"{split}.parquet").to_pylist()
    ]
    assert row in rows
    notes = [text for text in summary["notes"] if not text.startswith("text in ")]
    assert [note] == [text[: len(note)] for text in notes] if note else notes == []
