"""TensorFlow Datasets: texts and labels of a prepared copy, or of one that is downloaded now."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from stages.core.errors import UserError, allowed, one_line
from stages.core.settings import TfdsDataset
from stages.corpus.source import Chunk, Source

CHUNK = 4096


def open_tfds(dataset: TfdsDataset) -> Source:
    """Prepare the dataset, downloading it where no prepared copy is found (`TFDS_DATA_DIR` says where to look).

    Raises:
        UserError: The name, a feature or a split is unknown, or the download failed.
    """
    import tensorflow_datasets as tfds  # costs TensorFlow, which the other sources do without

    try:
        builder = tfds.builder(dataset.name)
    except tfds.core.DatasetNotFoundError:
        raise UserError(
            f"datasets: TensorFlow Datasets has no '{dataset.name}'; {_nearest(dataset.name, tfds.list_builders())}"
        ) from None
    except (ValueError, AssertionError) as error:  # a configuration, a version, or the form of the name is wrong
        raise UserError(
            f"datasets: TensorFlow Datasets has no '{dataset.name}': {one_line(str(error))[:300]}"
        ) from None
    _prepare(builder)
    _check_features(builder, dataset)
    return Source(
        splits={ours: partial(_read, builder, dataset, theirs) for ours, theirs in dataset.splits.items()},
        labels=lambda: list(builder.info.features[dataset.label].names),
    )


def _nearest(name: str, names: list[str]) -> str:
    return allowed(name, names).partition("allowed:")[0] or "see `tfds.list_builders()`"


def _prepare(builder: Any) -> None:
    from tensorflow_datasets.core.download import downloader

    downloader.MAX_RETRIES = 3  # its own ten take minutes to say that there is no network
    try:
        builder.download_and_prepare()
    except download_failures() as error:
        raise UserError(
            f"{builder.name}: could not be downloaded ({one_line(str(error))[:160]}); where the network is closed, "
            f"copy a prepared {builder.name}/{builder.version} folder from another machine and set TFDS_DATA_DIR to "
            f"the folder that holds it (now {builder.data_dir.removesuffix(str(builder.version))})"
        ) from None


def download_failures() -> tuple[type[Exception], ...]:
    """Name what a failing download raises: two plain Exceptions of its own, and the OSErrors of requests."""
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError
    from tensorflow_datasets.core.download.util import DownloadError

    return DownloadError, NonMatchingChecksumError, OSError, ValueError, RuntimeError


def _check_features(builder: Any, dataset: TfdsDataset) -> None:
    features, splits = builder.info.features, builder.info.splits
    for feature in [*dataset.text, dataset.label]:
        if feature not in features:
            raise UserError(f"{dataset.name}: no feature '{feature}'; {allowed(feature, features)}")
    if not hasattr(features[dataset.label], "names"):
        raise UserError(f"{dataset.name}: feature '{dataset.label}' is no class label; choose another as `label`")
    for split in dataset.splits.values():
        if split not in splits:
            raise UserError(f"{dataset.name}: no split '{split}'; {allowed(split, splits)}")


def _read(builder: Any, dataset: TfdsDataset, split: str) -> Iterator[Chunk]:
    for batch in builder.as_dataset(split=split, shuffle_files=False).batch(CHUNK).as_numpy_iterator():
        columns = [[text.decode() for text in batch[feature]] for feature in dataset.text]
        texts = [" ".join(parts) for parts in zip(*columns, strict=True)]
        yield Chunk(texts, batch[dataset.label].astype(np.int32))
