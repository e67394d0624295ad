from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.build import build
from embedding_bench.corpus.source import Chunk, Source
from embedding_bench.settings.datasets import SplitSettings

NAMES = ("bad", "good")
Rows = list[tuple[str, int]]


def chunks(rows: Rows, size: int = 7) -> list[Chunk]:
    """Split rows into chunks, so that every split is read in several."""
    starts = range(0, len(rows), size)
    parts = [rows[start : start + size] for start in starts]
    return [Chunk([text for text, _ in part], np.asarray([label for _, label in part], np.int32)) for part in parts]


def source(names: tuple[str, ...] = NAMES, ordered: bool = False, **splits: Rows) -> Source:
    return Source(
        {split: lambda rows=rows: iter(chunks(rows)) for split, rows in splits.items()}, lambda: list(names), ordered,
        text_location="t.csv: column 'text'", label_location="t.csv: column 'date'",
    )  # fmt: skip


def texts(count: int, label: int, word: str) -> Rows:
    return [(f"{word} {n}", label) for n in range(count)]


def two_classes(word: str = "text", bad: int = 40, good: int = 20) -> Rows:
    return texts(bad, 0, f"{word} bad") + texts(good, 1, f"{word} good")


def run(folder: Path, raw: Source, **settings: object) -> dict:
    folder.mkdir(parents=True)
    return build(raw, SplitSettings(**settings), folder)


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


def test_missing_splits_are_stratified_samples_of_train(tmp_path):
    rows = two_classes()
    run(tmp_path / "corpus", source(train=rows), test=0.25, validation=0.1)
    rows_by_split = {split: read(tmp_path / "corpus", split) for split in ("train", "validation", "test")}
    counts = {split: Counter(label for _, label in part) for split, part in rows_by_split.items()}
    assert counts == {"test": {0: 10, 1: 5}, "validation": {0: 3, 1: 2}, "train": {0: 27, 1: 13}}
    assert sorted(row for part in rows_by_split.values() for row in part) == sorted(rows)


def test_with_a_given_test_split_only_validation_is_taken_from_train(tmp_path):
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


def test_a_class_of_three_texts_is_in_every_split(tmp_path):
    run(tmp_path / "corpus", source(train=two_classes(good=3)), test=0.01, validation=0.01)
    for split in ("train", "validation", "test"):
        assert {label for _, label in read(tmp_path / "corpus", split)} == {0, 1}


def test_a_share_of_almost_all_leaves_a_text_of_each_class_in_train(tmp_path):
    run(tmp_path / "corpus", source(train=two_classes(), test=two_classes()), validation=0.99)
    assert {label for _, label in read(tmp_path / "corpus", "train")} == {0, 1}


def test_the_seed_decides_the_split(tmp_path):
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


def test_labels_of_a_table_are_sorted_independently_of_the_rows(tmp_path):
    classes = ("cat", "ant", "bee")  # as a table names them: in the order of their first rows
    rows = [(f"{name} {n}", code) for n in range(6) for code, name in enumerate(classes)]
    summary = run(tmp_path / "corpus", source(classes, train=rows))
    assert summary["labels"] == ["ant", "bee", "cat"]
    for split in ("train", "validation", "test"):
        assert all(text.split()[0] == summary["labels"][label] for text, label in read(tmp_path / "corpus", split))


def test_the_order_of_the_source_is_kept(tmp_path):
    given = {split: [(f"{split} {n}", n % 2) for n in range(6)] for split in ("train", "test")}
    summary = run(tmp_path / "corpus", source(("World", "Business"), ordered=True, **given))
    assert summary["labels"] == ["World", "Business"]
    assert read(tmp_path / "corpus", "test") == given["test"]


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (("10", "9", "1.5"), ["1.5", "9", "10"]),
        (("10", "9", "x"), ["10", "9", "x"]),
        (("nan", "2", "10"), ["10", "2", "nan"]),
        (("01", "1", "-1"), ["-1", "01", "1"]),
    ],
)
def test_classes_that_are_all_numbers_are_sorted_by_size(tmp_path, names, order):
    rows = [(f"text {n}", n % 3) for n in range(30)]
    summary = run(tmp_path / "corpus", source(names, train=rows))
    assert summary["labels"] == order
    for split in ("train", "validation", "test"):
        assert all(names[int(text.split()[1]) % 3] == order[label] for text, label in read(tmp_path / "corpus", split))


def test_unlabeled_texts_have_no_label(tmp_path):
    run(tmp_path / "corpus", source(train=two_classes(), unlabeled=texts(5, -1, "who knows")))
    assert read(tmp_path / "corpus", "unlabeled") == texts(5, -1, "who knows")


def test_unlabeled_texts_lose_their_label(tmp_path):
    """A split of tfds that has labels may serve as `unlabeled`; the corpus promises -1 there."""
    run(tmp_path / "corpus", source(train=two_classes(), test=two_classes(), unlabeled=two_classes("more", 3, 3)))
    assert {label for _, label in read(tmp_path / "corpus", "unlabeled")} == {-1}


def repetitive() -> dict[str, Rows]:
    train = [("a", 0), ("b", 1), ("a", 0), ("b", 1), ("b", 0), ("c", 0), ("d", 1), ("e", 1), ("e", 1)]
    return {"train": train, "validation": [("d", 1), ("v", 0)], "test": [("e", 1), ("e", 1), ("t", 0)]}


def test_duplicates_are_counted_and_kept(tmp_path):
    summary = run(tmp_path / "corpus", source(**repetitive()))
    assert read(tmp_path / "corpus", "train") == repetitive()["train"]
    assert summary["removed_from_train"] == {"duplicates": 0, "in_validation_or_test": 0}
    described = summary["splits"]
    assert [described[split]["duplicates"] for split in ("train", "validation", "test")] == [4, 0, 1]
    assert [described[split]["also_in_train"] for split in ("train", "validation", "test")] == [0, 1, 2]


def test_duplicates_are_removed_from_train_on_request_and_held_out_texts_are_kept(tmp_path):
    given = repetitive()
    summary = run(tmp_path / "corpus", source(**given), deduplicate=True)
    assert read(tmp_path / "corpus", "train") == [("a", 0), ("b", 1), ("c", 0)]
    assert summary["removed_from_train"] == {"duplicates": 3, "in_validation_or_test": 3}
    for split in ("validation", "test"):
        assert read(tmp_path / "corpus", split) == given[split]
        assert summary["splits"][split]["also_in_train"] == 0


def test_texts_equal_after_cleaning_are_duplicates(tmp_path):
    rows = [*two_classes(), ("same  text", 0), ("same text", 0), ("<b>same</b> text", 0)]
    summary = run(tmp_path / "corpus", source(train=rows, validation=[("v", 0)], test=[("t", 0)]), deduplicate=True)
    assert summary["removed_from_train"]["duplicates"] == 2


def test_texts_drawn_for_test_are_removed_from_train_on_request(tmp_path):
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


def test_texts_emptied_by_cleaning_are_counted_and_kept(tmp_path):
    train = [*two_classes(), ("<br />", 0), ("", 1)]
    summary = run(tmp_path / "corpus", source(train=train, validation=[("v", 0)], test=[("t", 0), (" \t", 1)]))
    assert read(tmp_path / "corpus", "train")[-2:] == [("", 0), ("", 1)]
    assert [summary["splits"][split]["empty"] for split in ("train", "validation", "test")] == [2, 0, 1]


def test_the_summary_describes_every_split(tmp_path):
    given = {"train": [("a", 0), ("a b c", 1), ("", 1)], "validation": [("a", 0)], "test": [("b b", 1)]}
    raw = source(**given, unlabeled=[("x y", -1)])._replace(notes=lambda: ["read with care"])
    summary = run(tmp_path / "corpus", raw)
    assert (summary["labels"], summary["notes"]) == (["bad", "good"], ["read with care"])
    assert list(summary["splits"]) == ["train", "validation", "test", "unlabeled"]
    assert summary["splits"]["train"] == {
        "rows": 3, "classes": {"bad": 1, "good": 2}, "words": {"p5": 0, "p50": 1, "p95": 2, "p99": 2}, "empty": 1,
        "duplicates": 0, "also_in_train": 0,
    }  # fmt: skip
    assert summary["splits"]["unlabeled"]["classes"] == {"bad": 0, "good": 0}


def many_classes(count: int) -> Source:
    names = tuple(f"2024-{n:04}" for n in range(count))
    return source(names, train=[(f"text {n}", n % count) for n in range(3 * count)])


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (source(("only",), train=texts(9, 0, "x")), r"column 'date': found one class, 'only'; .* needs two or more"),
        (source(train=texts(9, -1, "x")), r"column 'date': no row of train has a label"),
        (source(train=texts(9, -1, "x"), test=two_classes()), r"column 'date': no row of train has a label"),
        (many_classes(1001), r"column 'date': 1,001 different values, such as '2024-0000', are not classes"),
        (
            source((*NAMES, "odd"), train=two_classes(), validation=two_classes(), test=texts(3, 2, "odd")),
            r"split 'test': class 'odd' has 3 texts there and none in train",
        ),
        (
            source((*NAMES, "odd"), train=two_classes(), validation=texts(1, 2, "odd")),
            r"split 'validation': class 'odd' has 1 texts",
        ),
        (source(train=[("a", 0), ("b", 1)]), r"no class has two texts to share between train and test"),
        (source(train=[("a", 0), ("b", 1)] * 2), r"no class has two texts to share between train and validation"),
        (source(train=[("", 0), ("<br>", 1), ("\0", 1)] * 20), r"t\.csv: column 'text': all texts of train are empty"),
        (source(train=[]), r"split 'train' has no rows"),
        (source(train=two_classes(), test=[]), r"split 'test' has no rows"),
    ],
    ids=[
        "one class", "no label", "labels in test only", "dates", "not in train", "one not in train", "one text each",
        "two texts each", "all empty", "no rows", "no test rows",
    ],
)  # fmt: skip
def test_unusable_labels_are_refused(tmp_path, raw, message):
    with pytest.raises(UserError, match=message):
        run(tmp_path / "corpus", raw)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_thousand_classes_are_not_too_many(tmp_path):
    assert len(run(tmp_path / "corpus", many_classes(1000))["labels"]) == 1000


def test_classes_too_small_for_every_split_are_counted_in_one_note(tmp_path):
    rows = [*two_classes(), ("odd", 2), ("rare", 3), ("so rare", 3)]
    summary = run(tmp_path / "corpus", source((*NAMES, "odd", "rare"), train=rows))
    classes = {split: entry["classes"] for split, entry in summary["splits"].items()}
    assert [classes[split]["odd"] for split in ("train", "validation", "test")] == [1, 0, 0]
    assert [classes[split]["rare"] for split in ("train", "validation", "test")] == [1, 0, 1]
    assert summary["notes"] == ["2 classes have too few texts to stand in every split: 'odd', 'rare'"]


def test_classes_without_any_text_are_left_out_and_named(tmp_path):
    rows = [(text, 2 * label) for text, label in two_classes()]
    summary = run(tmp_path / "corpus", source(("z", "nobody", "a"), ordered=True, train=rows, unlabeled=[("u", 1)]))
    assert summary["labels"] == ["z", "a"]
    assert summary["notes"] == ["1 classes without any text left out: 'nobody'"]
    assert {label for _, label in read(tmp_path / "corpus", "train")} == {0, 1}


def test_very_long_texts_are_counted(tmp_path):
    summary = run(tmp_path / "corpus", source(train=[*two_classes(), ("long " * 200_001, 0)]))
    assert summary["notes"] == ["1 texts longer than 1,000,000 characters"]


def test_a_class_with_texts_only_in_test_is_refused(tmp_path):
    train = [*texts(5, 0, "bad"), ("gone", 1)]
    with pytest.raises(
        UserError, match="class 'good' has no text in train after removing duplicates and texts of validation and test"
    ):
        run(
            tmp_path / "corpus", source(train=train, validation=[("v", 0)], test=[("gone", 1)]), deduplicate=True
        )  # fmt: skip


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_rows_without_a_label_become_unlabeled_and_are_counted(tmp_path, split):
    """As in snli, where some rows have no label."""
    given = {name: two_classes(name, 5, 5) for name in ("train", "validation", "test")}
    given[split].insert(2, ("nobody knows", -1))
    summary = run(tmp_path / "corpus", source(**given, unlabeled=[("given", -1)]))
    assert sorted(read(tmp_path / "corpus", "unlabeled")) == [("given", -1), ("nobody knows", -1)]
    assert [summary["splits"][name]["rows"] for name in given] == [10, 10, 10]
    assert summary["notes"] == [f"1 rows of {split} without a label are unlabeled"]


def test_a_test_split_without_labels_counts_as_absent(tmp_path):
    """As in glue, which hides the labels of its test splits behind -1."""
    summary = run(tmp_path / "corpus", source(train=two_classes(), test=texts(7, -1, "hidden")), test=0.25)
    assert {split: entry["rows"] for split, entry in summary["splits"].items()} == {
        "train": 40, "validation": 5, "test": 15, "unlabeled": 7,
    }  # fmt: skip
    assert read(tmp_path / "corpus", "unlabeled") == texts(7, -1, "hidden")
    assert summary["notes"] == ["test has no labels: its 7 texts are unlabeled, and test is cut from train"]


def test_a_pair_of_equal_texts_of_a_small_class_leaves_one_in_train(tmp_path):
    rows = [*texts(40, 0, "bad"), ("same", 1), ("same", 1)]
    summary = run(tmp_path / "corpus", source(train=rows), deduplicate=True)
    assert [text for text, label in read(tmp_path / "corpus", "train") if label == 1] == ["same"]
    assert summary["removed_from_train"] == {"duplicates": 1, "in_validation_or_test": 0}


def test_a_split_taken_from_train_shares_no_text_with_it(tmp_path):
    rows = two_classes() * 3
    summary = run(tmp_path / "corpus", source(train=rows), deduplicate=True)
    assert sum(summary["splits"][split]["rows"] for split in ("train", "validation", "test")) == 60
    assert summary["splits"]["test"]["also_in_train"] == 0


def test_equal_texts_with_different_labels_are_counted(tmp_path):
    rows = [*two_classes(), ("text bad 0", 1)]
    summary = run(tmp_path / "corpus", source(train=rows), deduplicate=True)
    assert "1 duplicates in train have another label than the first, which counts" in summary["notes"]


def test_empty_texts_alone_are_refused_as_such(tmp_path):
    with pytest.raises(UserError, match="all texts of train are empty"):
        run(tmp_path / "corpus", source(train=[("", 0), (" ", 1), ("", 1)]), deduplicate=True)
