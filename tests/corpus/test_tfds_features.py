"""Datasets defined here in the format of TensorFlow Datasets and prepared in a test folder."""

from pathlib import Path
from typing import Any

import pytest
import tensorflow_datasets as tfds

from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.tfds import open_tfds
from embedding_bench.settings.datasets import TfdsDataset
from embedding_bench.tensorflow import tf
from stages.download import download

Label = tfds.features.ClassLabel


class Tiny(tfds.core.GeneratorBasedBuilder):
    """Features and rows come from the test."""

    VERSION = tfds.core.Version("1.0.0")
    features: dict[str, Any] = {}
    rows: dict[str, list[dict[str, Any]]] = {}

    def _info(self) -> tfds.core.DatasetInfo:
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(self.features))

    def _split_generators(self, _: object) -> dict[str, Any]:
        return {split: self._generate_examples(split) for split in self.rows}

    def _generate_examples(self, split: str) -> Any:
        yield from enumerate(self.rows[split])


@pytest.fixture
def prepare(tmp_path, monkeypatch):
    def give(features: dict[str, Any], **rows: list[dict[str, Any]]) -> None:
        monkeypatch.setattr(Tiny, "features", features)
        monkeypatch.setattr(Tiny, "rows", rows)
        monkeypatch.setattr(tfds, "builder", lambda name: Tiny(data_dir=tmp_path / "tfds"))

    return give


def dataset(**settings: object) -> TfdsDataset:
    return TfdsDataset(source="tfds", name="tiny", **settings)


def read(split: str = "train", **settings: object) -> list[tuple[str, str]]:
    """Return the rows in the order of their texts: tfds shuffles when it prepares."""
    source = open_tfds(dataset(**settings))
    chunks = list(source.splits[split]())
    names = [*source.labels(), ""]
    return sorted(
        (text, names[label]) for chunk in chunks for text, label in zip(chunk.texts, chunk.labels, strict=True)
    )


TEXT = tfds.features.Text()
MANY = {
    "id": tf.int64,
    "title": TEXT,
    "body": TEXT,
    "tags": tfds.features.Sequence(TEXT),
    "kind": Label(names=["z", "a"]),
}
ROW = {"id": 1, "title": "one", "body": "more", "tags": ["x"], "kind": "z"}
ROWS = [ROW, ROW | {"title": "two", "kind": "a", "tags": []}]


def test_texts_and_label_are_found_by_type(prepare):
    prepare(MANY, train=ROWS)
    assert read() == [("one more", "z"), ("two more", "a")]
    source = open_tfds(dataset())
    assert (source.labels(), source.ordered) == (["z", "a"], True)
    assert source.notes() == ["text in title, body, label in kind", "splits: train as train"]


def test_declared_features_are_not_guessed(prepare):
    prepare(MANY, train=ROWS)
    assert read(text=["title"], label="kind", splits={"train": "train"}) == [("one", "z"), ("two", "a")]
    assert open_tfds(dataset(text=["title"], label="kind", splits={"train": "train"})).notes() == []


@pytest.mark.parametrize(
    ("kind", "values", "names"),
    [
        (tf.int64, [3, -1], ["3", "-1"]),
        (TEXT, ["b", ""], ["b", ""]),
        (tf.bool, [True, False], ["True", "False"]),
        (tf.string, ["x y", " x  y"], ["x y", "x y"]),
    ],
)
def test_labels_may_be_of_any_type(prepare, kind, values, names):
    prepare({"text": TEXT, "label": kind}, train=[{"text": f"t{n}", "label": value} for n, value in enumerate(values)])
    assert read(label="label") == [("t0", names[0]), ("t1", names[1])]
    assert not open_tfds(dataset(label="label")).ordered


def test_splits_are_found_by_name(prepare):
    names = ("train", "test", "validation", "unsupervised", "extra")
    prepare(MANY, **{name: [ROW | {"title": name}] for name in names})
    assert sorted(open_tfds(dataset()).splits) == ["test", "train", "unlabeled", "validation"]
    assert read("unlabeled") == [("unsupervised more", "z")]


def test_a_test_split_of_hidden_labels_counts_as_absent(prepare, tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "project"))
    train = [ROW | {"title": f"t {n}", "kind": n % 2} for n in range(40)]
    prepare(MANY, train=train, test=[ROW | {"kind": -1}] * 5)
    download("tiny", dataset(), Path(), tmp_path / "data/corpus")
    summary = corpus.read_summary(tmp_path / "data/corpus")
    assert summary["labels"] == ["z", "a"]
    assert {split: entry["rows"] for split, entry in summary["splits"].items()} == {
        "train": 28, "validation": 4, "test": 8, "unlabeled": 5,
    }  # fmt: skip
    assert "test has no labels: its 5 texts are unlabeled, and test is cut from train" in summary["notes"]


@pytest.mark.parametrize(
    ("features", "settings", "message"),
    [
        (
            {"text": TEXT, "a": Label(num_classes=2), "b": Label(num_classes=2)},
            {},
            r"several class labels \(a, b\); name",
        ),
        (
            {"text": TEXT, "n": tf.int64},
            {},
            r"tiny: found no class label; name one feature as `label`, allowed: text, n",
        ),
        ({"n": tf.int64, "a": Label(num_classes=2)}, {}, r"tiny: no text feature; name some as `text`, allowed: n, a"),
        ({"text": TEXT, "a": Label(num_classes=2)}, {"text": ["txt"]}, r"no feature 'txt'; did you mean 'text'\?"),
        ({"text": TEXT, "a": Label(num_classes=2)}, {"label": "b"}, r"tiny: no feature 'b'"),
        ({"text": TEXT, "a": Label(num_classes=2)}, {"splits": {"train": "trian"}}, r"no split 'trian'; did you mean"),
        (
            {"text": TEXT, "a": Label(num_classes=2)},
            {"text": ["a"], "label": "a"},
            r"'a' is named as both text and label",
        ),
        (
            {"t": tfds.features.Sequence(TEXT), "a": Label(num_classes=2)},
            {"text": ["t"]},
            r"feature 't' holds more than",
        ),
        ({"t": {"x": TEXT}, "a": Label(num_classes=2)}, {"text": ["t"]}, r"feature 't' holds more than one value"),
    ],
)
def test_ambiguous_features_are_refused(prepare, features, settings, message):
    values = {"text": "x", "n": 1, "a": 0, "b": 1, "t": {"x": "y"} if isinstance(features.get("t"), dict) else ["y"]}
    prepare(features, train=[{name: values[name] for name in features}])
    with pytest.raises(UserError, match=message):
        open_tfds(dataset(**settings))


@pytest.mark.parametrize(
    ("names", "message"), [(("rest",), "which split is train"), (("train_a", "train_b"), "both 'tr")]
)
def test_an_ambiguous_train_split_is_refused(prepare, names, message):
    prepare(MANY, **dict.fromkeys(names, ROWS))
    with pytest.raises(UserError, match=message):
        open_tfds(dataset())


def test_invalid_utf8_is_replaced(prepare):
    prepare({"text": tf.string, "label": Label(num_classes=2)}, train=[{"text": b"caf\xe9", "label": 0}])
    assert read(text=["text"]) == [("caf\ufffd", "0")]
