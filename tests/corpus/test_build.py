from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from stages.core.errors import UserError
from stages.core.settings import SplitSettings
from stages.corpus.build import build
from stages.corpus.source import Chunk, Source

NAMES = ("bad", "good")
Rows = list[tuple[str, int]]


def chunks(rows: Rows, size: int = 7) -> list[Chunk]:
    """Cut rows into chunks, so that every split is read in several."""
    starts = range(0, len(rows), size)
    parts = [rows[start : start + size] for start in starts]
    return [Chunk([text for text, _ in part], np.asarray([label for _, label in part], np.int32)) for part in parts]


def source(names: tuple[str, ...] = NAMES, **splits: Rows) -> Source:
    return Source({split: lambda rows=rows: iter(chunks(rows)) for split, rows in splits.items()}, lambda: list(names))


def texts(count: int, label: int, word: str) -> Rows:
    return [(f"{word} {n}", label) for n in range(count)]


def two_classes(word: str = "text", bad: int = 40, good: int = 20) -> Rows:
    return texts(bad, 0, f"{word} bad") + texts(good, 1, f"{word} good")


def run(folder: Path, found: Source, **settings: object) -> dict:
    folder.mkdir(parents=True)
    return build(found, SplitSettings(**settings), folder)


def read(folder: Path, split: str) -> Rows:
    table = pq.read_table(folder / f"{split}.parquet")
    return list(zip(table["text"].to_pylist(), table["label"].to_pylist(), strict=True))


def test_given_splits_are_kept_as_they_are(tmp_path):
    given = {split: two_classes(split, 9, 5) for split in ("train", "validation", "test")}
    summary = run(tmp_path / "corpus", source(**given))
    assert {split: read(tmp_path / "corpus", split) for split in given} == given
    assert sorted(path.name for path in (tmp_path / "corpus").iterdir()) == [
        "test.parquet", "train.parquet", "validation.parquet",
    ]  # fmt: skip
    assert [summary["splits"][split]["rows"] for split in given] == [14, 14, 14]


def test_what_is_missing_is_taken_from_train_in_equal_shares_of_each_class(tmp_path):
    rows = two_classes()
    run(tmp_path / "corpus", source(train=rows), test=0.25, validation=0.1)
    found = {split: read(tmp_path / "corpus", split) for split in ("train", "validation", "test")}
    counts = {split: Counter(label for _, label in part) for split, part in found.items()}
    assert counts == {"test": {0: 10, 1: 5}, "validation": {0: 3, 1: 2}, "train": {0: 27, 1: 13}}
    assert sorted(row for part in found.values() for row in part) == sorted(rows)


def test_a_given_test_split_leaves_only_validation_to_take(tmp_path):
    test = two_classes("held out", 4, 4)
    run(tmp_path / "corpus", source(train=two_classes(), test=test), validation=0.5)
    assert read(tmp_path / "corpus", "test") == test
    assert Counter(label for _, label in read(tmp_path / "corpus", "validation")) == {0: 20, 1: 10}


def test_rows_keep_their_order(tmp_path):
    rows = two_classes()
    run(tmp_path / "corpus", source(train=rows))
    for split in ("train", "validation", "test"):
        places = [rows.index(row) for row in read(tmp_path / "corpus", split)]
        assert places == sorted(places)


def test_a_class_of_three_texts_stands_in_every_split(tmp_path):
    run(tmp_path / "corpus", source(train=two_classes(good=3)), test=0.01, validation=0.01)
    for split in ("train", "validation", "test"):
        assert {label for _, label in read(tmp_path / "corpus", split)} == {0, 1}


def test_a_share_of_almost_all_leaves_a_text_of_each_class_in_train(tmp_path):
    run(tmp_path / "corpus", source(train=two_classes(), test=two_classes()), validation=0.99)
    assert {label for _, label in read(tmp_path / "corpus", "train")} == {0, 1}


def test_the_seed_decides_who_goes_where(tmp_path):
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        run(tmp_path / name, source(train=two_classes()), seed=seed)
    for split in ("validation", "test"):
        assert read(tmp_path / "one", split) == read(tmp_path / "again", split) != read(tmp_path / "other", split)


def test_the_same_rows_give_the_same_bytes(tmp_path):
    summaries = [run(tmp_path / name, source(train=two_classes())) for name in ("one", "two")]
    assert summaries[0] == summaries[1]
    for split in ("train", "validation", "test"):
        first, second = (tmp_path / name / f"{split}.parquet" for name in ("one", "two"))
        assert first.read_bytes() == second.read_bytes()


def test_labels_of_a_table_are_sorted_whatever_row_comes_first(tmp_path):
    classes = ("cat", "ant", "bee")  # as a table names them: in the order of their first rows
    rows = [(f"{name} {n}", code) for n in range(6) for code, name in enumerate(classes)]
    summary = run(tmp_path / "corpus", source(classes, train=rows))
    assert summary["labels"] == ["ant", "bee", "cat"]
    for split in ("train", "validation", "test"):
        assert all(text.split()[0] == summary["labels"][label] for text, label in read(tmp_path / "corpus", split))


def test_labels_that_come_with_a_test_split_keep_their_numbers(tmp_path):
    given = {split: [(f"{split} {n}", n % 2) for n in range(6)] for split in ("train", "test")}
    summary = run(tmp_path / "corpus", source(("World", "Business"), **given))
    assert summary["labels"] == ["World", "Business"]
    assert read(tmp_path / "corpus", "test") == given["test"]


def test_unlabeled_texts_have_no_label(tmp_path):
    run(tmp_path / "corpus", source(train=two_classes(), unlabeled=texts(5, -1, "who knows")))
    assert read(tmp_path / "corpus", "unlabeled") == texts(5, -1, "who knows")


def test_unlabeled_texts_lose_the_label_that_they_came_with(tmp_path):
    """A split of tfds that has labels may serve as `unlabeled`; the corpus promises -1 there."""
    run(tmp_path / "corpus", source(train=two_classes(), test=two_classes(), unlabeled=two_classes("more", 3, 3)))
    assert {label for _, label in read(tmp_path / "corpus", "unlabeled")} == {-1}


def repetitive() -> dict[str, Rows]:
    train = [("a", 0), ("b", 1), ("a", 0), ("b", 1), ("b", 0), ("c", 0), ("d", 1), ("e", 1), ("e", 1)]
    return {"train": train, "validation": [("d", 1), ("v", 0)], "test": [("e", 1), ("e", 1), ("t", 0)]}


def test_duplicates_are_counted_and_stay(tmp_path):
    summary = run(tmp_path / "corpus", source(**repetitive()))
    assert read(tmp_path / "corpus", "train") == repetitive()["train"]
    assert summary["removed_from_train"] == {"duplicates": 0, "in_validation_or_test": 0}
    described = summary["splits"]
    assert [described[split]["duplicates"] for split in ("train", "validation", "test")] == [4, 0, 1]
    assert [described[split]["also_in_train"] for split in ("train", "validation", "test")] == [0, 1, 2]


def test_duplicates_leave_train_on_request_and_held_out_texts_stay(tmp_path):
    given = repetitive()
    summary = run(tmp_path / "corpus", source(**given), deduplicate=True)
    assert read(tmp_path / "corpus", "train") == [("a", 0), ("b", 1), ("c", 0)]
    assert summary["removed_from_train"] == {"duplicates": 3, "in_validation_or_test": 3}
    for split in ("validation", "test"):
        assert read(tmp_path / "corpus", split) == given[split]
        assert summary["splits"][split]["also_in_train"] == 0


def test_texts_that_cleaning_makes_equal_are_duplicates(tmp_path):
    rows = [*two_classes(), ("same  text", 0), ("same text", 0), ("<b>same</b> text", 0)]
    summary = run(tmp_path / "corpus", source(train=rows, validation=[("v", 0)], test=[("t", 0)]), deduplicate=True)
    assert summary["removed_from_train"]["duplicates"] == 2


def test_texts_of_a_table_that_fall_into_test_leave_train_on_request(tmp_path):
    run(tmp_path / "corpus", source(train=two_classes() * 2), deduplicate=True)
    train, validation, test = (
        {text for text, _ in read(tmp_path / "corpus", s)} for s in ("train", "validation", "test")
    )
    assert train.isdisjoint(validation | test)
    assert train | validation | test == {text for text, _ in two_classes()}


def test_texts_are_cleaned_and_the_steps_count_them_over_all_splits(tmp_path):
    train = [*two_classes(), ("x<br />y", 0), ("Tom &amp; Jo", 1)]
    summary = run(tmp_path / "corpus", source(train=train, validation=[("v", 0)], test=[("a  b", 0), ("<i>c", 1)]))
    assert read(tmp_path / "corpus", "train")[-2:] == [("x y", 0), ("Tom & Jo", 1)]
    assert read(tmp_path / "corpus", "test") == [("a b", 0), ("c", 1)]
    assert summary["cleaned"] == {"entities": 1, "tags": 2, "backslashes": 0, "unicode": 0, "spaces": 2}


def test_texts_that_become_empty_are_counted_and_stay(tmp_path):
    train = [*two_classes(), ("<br />", 0), ("", 1)]
    summary = run(tmp_path / "corpus", source(train=train, validation=[("v", 0)], test=[("t", 0), (" \t", 1)]))
    assert read(tmp_path / "corpus", "train")[-2:] == [("", 0), ("", 1)]
    assert [summary["splits"][split]["empty"] for split in ("train", "validation", "test")] == [2, 0, 1]


def test_the_summary_describes_every_split(tmp_path):
    given = {"train": [("a", 0), ("a b c", 1), ("", 1)], "validation": [("a", 0)], "test": [("b b", 1)]}
    found = source(**given, unlabeled=[("x y", -1)])._replace(note="read with care")
    summary = run(tmp_path / "corpus", found)
    assert {key: summary[key] for key in ("labels", "note")} == {"labels": ["bad", "good"], "note": "read with care"}
    assert list(summary["splits"]) == ["train", "validation", "test", "unlabeled"]
    assert summary["splits"]["train"] == {
        "rows": 3, "classes": {"bad": 1, "good": 2}, "words": {"p5": 0, "p50": 1, "p95": 2, "p99": 2}, "empty": 1,
        "duplicates": 0, "also_in_train": 0,
    }  # fmt: skip
    assert summary["splits"]["unlabeled"]["classes"] == {"bad": 0, "good": 0}


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (source(("only",), train=texts(9, 0, "x")), r"found one class, 'only'; a classifier needs two or more"),
        (source((*NAMES, "odd"), train=two_classes()), r"class 'odd': 0 text.* train and test"),
        (
            source((*NAMES, "odd"), train=two_classes(), validation=two_classes(), test=texts(3, 2, "odd")),
            r"class 'odd' has no text in train",
        ),
        (source((*NAMES, "odd"), train=[*two_classes(), ("odd", 2)]), r"class 'odd': 1 text.* train and test"),
        (
            source((*NAMES, "odd"), train=[*two_classes(), ("odd", 2), ("so odd", 2)]),
            r"class 'odd': 1 text.* train and validation",
        ),
        (source(train=[]), r"split 'train' has no rows"),
        (source(train=two_classes(), test=[]), r"split 'test' has no rows"),
    ],
    ids=["one class", "empty class", "not in train", "one text", "two texts", "no rows", "no test rows"],
)
def test_labels_that_cannot_be_split_are_refused(tmp_path, found, message):
    with pytest.raises(UserError, match=message):
        run(tmp_path / "corpus", found)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_class_whose_texts_all_stand_in_test_is_refused(tmp_path):
    train = [*texts(5, 0, "bad"), ("gone", 1)]
    with pytest.raises(UserError, match="class 'good' has no text in train"):
        run(
            tmp_path / "corpus", source(train=train, validation=[("v", 0)], test=[("gone", 1)]), deduplicate=True
        )  # fmt: skip


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_a_row_without_a_label_outside_unlabeled_is_refused(tmp_path, split):
    """Some published datasets hide the labels of their test split behind -1 (glue), or have rows without one (snli)."""
    given = {name: two_classes(name, 5, 5) for name in ("train", "validation", "test")}
    given[split].append(("nobody knows", -1))
    with pytest.raises(UserError, match=rf"{split}.*label"):
        run(tmp_path / "corpus", source(**given))
