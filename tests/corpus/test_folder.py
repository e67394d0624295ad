import os
import time
from pathlib import Path

import pytest

from embedding_bench.artifacts import corpus
from embedding_bench.corpus.layout import find_texts
from embedding_bench.corpus.opening import open_dataset
from tests.corpus.conftest import folder, notes, read, write

CLASSES = {f"{c}/{n}.txt": f"{c} {n}" for c in ("ham", "spam") for n in (1, 2)}


def below(prefix: str, files: dict[str, str] = CLASSES) -> dict[str, str]:
    return {f"{prefix}/{name}": f"{prefix} {text}" for name, text in files.items()}


def sizes(path: Path, **settings: object) -> dict[str, int]:
    source = open_dataset(folder(**settings), path)
    return {split: sum(len(chunk.texts) for chunk in chunks()) for split, chunks in source.splits.items()}


def test_folders_are_classes(tmp_path):
    assert read(write(tmp_path, CLASSES), folder()) == [
        ("ham 1", "ham"), ("ham 2", "ham"), ("spam 1", "spam"), ("spam 2", "spam"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [("train", "test", "valid"), ("20news-bydate-train", "20news-bydate-test", "20news-dev"), ("Train", "TEST", "val")],
)
def test_classes_may_be_below_splits(tmp_path, names):
    for name in names:
        write(tmp_path, below(name))
    for name, split in zip(names, ("train", "test", "validation"), strict=True):
        assert read(tmp_path, folder(), split)[0] == (f"{name} ham 1", "ham")


def test_the_layout_of_aclimdb_is_read(tmp_path):
    write(tmp_path, below("train") | below("test") | {"train/unsup/0_0.txt": "who knows", "train/unsup/1_0.txt": ""})
    write(tmp_path, dict.fromkeys(("imdb.vocab", "README", "train/labeledBow.feat", "test/urls_pos.txt"), "x"))
    assert sizes(tmp_path) == {"train": 4, "test": 4, "unlabeled": 2}
    assert read(tmp_path, folder(), "unlabeled") == [("who knows", ""), ("", "")]
    assert notes(tmp_path, folder()) == [
        "folders: train as train, test as test",
        "4 files or folders beside the class folders not read: README, imdb.vocab, labeledBow.feat, urls_pos.txt",
    ]


@pytest.mark.parametrize("name", ["unsup", "Unsupervised", "unlabeled", "unlabelled"])
@pytest.mark.parametrize("place", ["", "train/", "test/"])
def test_a_folder_without_labels_is_unlabeled_at_any_level(tmp_path, place, name):
    write(tmp_path, (below("train") | below("test") if place else CLASSES) | {f"{place}{name}/deep/1": "x"})
    assert read(tmp_path, folder(), "unlabeled") == [("x", "")]


def test_unlabeled_texts_may_be_beside_the_splits(tmp_path):
    write(tmp_path, below("train") | {"unsup/1": "x", "unsup/a/2": "y"})
    assert sizes(tmp_path) == {"train": 4, "unlabeled": 2}


def test_declared_splits_are_used(tmp_path):
    write(tmp_path, below("a") | below("b/c") | below("d") | {"a/unsup/1": "x"})
    assert sizes(tmp_path, splits={"train": "a", "test": "b/c"}) == {"train": 4, "test": 4, "unlabeled": 1}
    assert sizes(tmp_path, splits={"train": "a", "unlabeled": "a/unsup"}) == {"train": 4, "unlabeled": 1}
    assert sizes(tmp_path, splits={"train": "a", "unlabeled": "d"}) == {"train": 4, "unlabeled": 5}


def test_a_class_may_have_the_name_of_a_split(tmp_path):
    write(tmp_path, {"train/1": "choo", "bus/1": "honk", "test/1": "x"})
    assert {label for _, label in read(tmp_path, folder())} == {"bus", "test", "train"}


def test_files_in_subfolders_are_read_and_hidden_files_are_not(tmp_path):
    write(
        tmp_path, CLASSES | {"ham/a/b/c": "deep", "ham/.x": "no", ".git/1": "no", "ham/.git/2": "no", "ham/z": "last"}
    )
    assert [text for text, label in read(tmp_path, folder()) if label == "ham"] == ["ham 1", "ham 2", "last", "deep"]
    assert notes(tmp_path, folder()) == []


def test_links_to_folders_are_counted_and_not_followed(tmp_path):
    write(tmp_path / "data", CLASSES)
    for place in ("data/loop", "data/ham/loop", "data/ham/other"):
        (tmp_path / place).symlink_to(tmp_path / "data", target_is_directory=True)
    assert sizes(tmp_path / "data") == {"train": 4}
    assert notes(tmp_path / "data", folder()) == ["3 links to folders not followed"]


def test_links_to_files_are_read(tmp_path):
    write(tmp_path, {"elsewhere.txt": "x"} | below("data"))
    (tmp_path / "data/ham/link").symlink_to(tmp_path / "elsewhere.txt")
    assert ("x", "ham") in read(tmp_path / "data", folder())


def test_a_pipe_is_not_read(tmp_path):
    write(tmp_path, CLASSES)
    os.mkfifo(tmp_path / "ham/pipe")
    assert notes(tmp_path, folder()) == ["1 files or folders beside the class folders not read: pipe"]


def test_files_of_other_encodings_share_one_detection(tmp_path):
    write(tmp_path, CLASSES | {"ham/8": "Zürich", "ham/16": "Zürich".encode("utf-16"), "ham/mark": "\ufeffZürich"})
    write(tmp_path, {f"spam/w{n}": text.encode("cp1252") for n, text in enumerate(["año", "café", "der Müller"])})
    texts = [text for text, _ in read(tmp_path, folder())]
    assert texts.count("Zürich") == 3
    assert {"año", "café", "der Müller"} <= set(texts)
    assert notes(tmp_path, folder()) == ["3 files read as cp1252, which was detected"]


def test_a_declared_encoding_is_used_for_all_files(tmp_path):
    write(tmp_path, {f"{c}/1": "Привет".encode("koi8-r") for c in ("a", "b")})
    assert read(tmp_path, folder(encoding="koi8-r")) == [("Привет", "a"), ("Привет", "b")]


def test_an_undecodable_folder_name_is_a_class(run, tmp_path):
    write(tmp_path, {os.fsdecode(b"input/\xff/1"): "x"})
    out = run({f"{c}/{n}": f"{c} {n}" for c in ("a", "b") for n in range(9)}, folder())
    assert corpus.read_summary(out)["labels"] == ["?", "a", "b"]


def test_a_folder_becomes_a_corpus(run):
    files = {f"{c}/{n}": f"{c} {n}" for c in ("b", "a") for n in range(20)}
    summary = corpus.read_summary(run(files | {"unsup/1": "x"}, folder()))
    assert summary["labels"] == ["a", "b"]
    assert {split: entry["rows"] for split, entry in summary["splits"].items()} == {
        "train": 28, "validation": 4, "test": 8, "unlabeled": 1,
    }  # fmt: skip


def test_many_small_files_take_seconds(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for n in range(2500):
            (tmp_path / name / str(n)).touch()
    start = time.perf_counter()
    assert sizes(tmp_path) == {"train": 5000}
    assert time.perf_counter() - start < 20  # half a second on an idle machine


def test_the_order_does_not_depend_on_the_file_system(tmp_path):
    files = {f"{c}/{n}": "x" for n in (10, 9, 1) for c in "ba"}
    write(tmp_path, files)
    paths = [Path(text.path).relative_to(tmp_path).as_posix() for text in find_texts(tmp_path, {}).texts["train"]]
    assert paths == ["a/1", "a/10", "a/9", "b/1", "b/10", "b/9"]
