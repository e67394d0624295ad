import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import requests
from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError
from tensorflow_datasets.core.download.util import DownloadError

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.tfds import open_tfds
from embedding_bench.settings.datasets import TfdsDataset
from embedding_bench.tensorflow import tf

FOLDER = Path(os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")).expanduser() / "ag_news_subset"
AG_NEWS: dict[str, Any] = {
    "name": "ag_news_subset", "text": ["title", "description"], "splits": {"train": "train", "test": "test"},
}  # fmt: skip


def dataset(**changed: object) -> TfdsDataset:
    return TfdsDataset(source="tfds", **(AG_NEWS | changed))


needs_ag_news = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"NO REAL DATA: {FOLDER} is not there; set TFDS_DATA_DIR to a folder with ag_news_subset",
)


@pytest.mark.real_data
@needs_ag_news
def test_the_test_split_of_ag_news_is_read_whole():
    source = open_tfds(dataset())
    assert list(source.splits) == ["train", "test"]
    chunks = list(source.splits["test"]())
    labels = np.concatenate([chunk.labels for chunk in chunks])
    assert labels.dtype == np.int32
    assert np.bincount(labels).tolist() == [1900] * 4
    assert sum(len(chunk.texts) for chunk in chunks) == 7600
    assert source.labels() == ["World", "Sports", "Business", "Sci/Tech"]


@pytest.mark.real_data
@needs_ag_news
def test_title_and_description_are_joined_by_a_space():
    parts = {field: next(open_tfds(dataset(text=[field])).splits["test"]()).texts for field in AG_NEWS["text"]}
    joined = next(open_tfds(dataset()).splits["test"]()).texts
    assert joined == [f"{t} {d}" for t, d in zip(parts["title"], parts["description"], strict=True)]
    assert all(parts["title"])


@pytest.mark.real_data
@needs_ag_news
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"text": ["titel"]}, r"no feature 'titel'; did you mean 'title'\? allowed: .*description"),
        ({"label": "lable"}, r"no feature 'lable'; did you mean 'label'\?"),
        ({"splits": {"train": "train", "test": "tset"}}, r"no split 'tset'; did you mean 'test'\?"),
    ],
)
def test_features_and_splits_missing_from_ag_news_are_named(changed, message):
    with pytest.raises(UserError, match=message):
        open_tfds(dataset(**changed))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ag_new_subset", r"has no 'ag_new_subset'; did you mean 'ag_news_subset'\?"),
        ("no such thing at all", r"'no such thing at all'"),
        ("imdb_reviews/plain_txt", r"imdb_reviews/plain_txt"),
        ("ag_news_subset:9.9.9", r"ag_news_subset:9\.9\.9"),
        ("", r"''"),
    ],
)
def test_an_unknown_dataset_is_named(name, message):
    with pytest.raises(UserError, match=message) as caught:
        open_tfds(dataset(name=name))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectionError("HTTPSConnectionPool: Max retries\nexceeded"),
        requests.exceptions.ConnectTimeout("timed out"),
        OSError("[Errno 28] No space left on device"),
        DownloadError("Failed to get url. HTTP code: 429."),
        NonMatchingChecksumError("https://example.com/a.zip", "a.zip"),
    ],
)
def test_a_failed_download_explains_how_to_copy_the_data(tmp_path, monkeypatch, error):
    import tensorflow_datasets as tfds

    real = tfds.builder

    def elsewhere(name: str) -> Any:
        builder = real(name, data_dir=str(tmp_path))
        monkeypatch.setattr(builder, "download_and_prepare", refuse)
        return builder

    def refuse() -> None:
        raise error

    monkeypatch.setattr(tfds, "builder", elsewhere)
    with pytest.raises(
        UserError, match=r"could not be downloaded.*copy a prepared ag_news_subset/.*TFDS_DATA_DIR"
    ) as c:
        open_tfds(dataset())
    assert str(tmp_path) in str(c.value)
    assert "\n" not in str(c.value)


def fake_builder(rows: dict[str, list]) -> Any:
    labels = SimpleNamespace(names=["no", "yes"])
    info = SimpleNamespace(features={"text": None, "label": labels}, splits=dict.fromkeys(("train", "test", "rest")))
    return SimpleNamespace(
        name="fake", version="1.0.0", data_dir="/nowhere/1.0.0", info=info,
        download_and_prepare=lambda: None,
        as_dataset=lambda split, shuffle_files: tf.data.Dataset.from_tensor_slices(rows),
    )  # fmt: skip


def test_texts_come_in_chunks_in_the_order_of_the_file(monkeypatch):
    import tensorflow_datasets as tfds

    rows = {"text": [f"Zürich {n}" for n in range(5000)], "label": [n % 2 for n in range(4999)] + [-1]}
    monkeypatch.setattr(tfds, "builder", lambda name: fake_builder(rows))
    source = open_tfds(dataset(name="fake", text=["text"], splits={"train": "train", "unlabeled": "rest"}))
    chunks = list(source.splits["unlabeled"]())
    assert [text for chunk in chunks for text in chunk.texts] == rows["text"]
    assert [label for chunk in chunks for label in chunk.labels] == rows["label"]
    assert len(chunks) > 1
    assert source.labels() == ["no", "yes"]
