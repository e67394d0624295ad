"""TensorFlow Datasets: texts and labels of a prepared copy, or of one that is downloaded now."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from embedding_bench.core.errors import UserError, allowed, one_line
from embedding_bench.corpus.classes import Classes
from embedding_bench.corpus.source import CHUNK_ROWS, Chunk, Source, chunks
from embedding_bench.corpus.split_names import by_split
from embedding_bench.settings.datasets import TfdsDataset


def open_tfds(dataset: TfdsDataset) -> Source:
    """Prepare the dataset, downloading it where no prepared copy is found (`TFDS_DATA_DIR` says where to look).

    Raises:
        UserError: The name, a feature or a split is unknown, or the download failed.
    """
    import tensorflow_datasets as tfds  # costs seconds, which the other sources do without

    import embedding_bench.tensorflow  # noqa: F401  # in silence, before the first builder does it aloud

    try:
        builder = tfds.builder(dataset.name)
    except tfds.core.DatasetNotFoundError:
        raise UserError(
            f"datasets: TensorFlow Datasets has no '{dataset.name}'; {_nearest(dataset.name, tfds.list_builders())}"
        ) from None
    except (
        ValueError,
        AssertionError,
        ImportError,
    ) as error:  # a configuration, a version, or the form of the name is wrong
        raise UserError(
            f"datasets: TensorFlow Datasets has no '{dataset.name}': {one_line(str(error))[:300]}"
        ) from None
    _prepare(builder)
    found = complete(builder, dataset)
    label = builder.info.features[found.label]
    place = f"{found.name}: feature '{found.label}'"
    classes = Classes(place)
    ordered = hasattr(label, "names")
    return Source(
        splits={
            ours: partial(_read, builder, found, theirs, None if ordered else classes)
            for ours, theirs in found.splits.items()
        },
        labels=lambda: list(label.names if ordered else classes.names),
        ordered=ordered,
        notes=lambda: _notes(dataset, found),
        text_place=f"{found.name}: feature '{' and '.join(found.text)}'",
        label_place=place,
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
            f"copy a prepared {_prepared(builder)} folder from another machine and set TFDS_DATA_DIR to the folder "
            f"that holds it (now {builder.data_dir.removesuffix(_prepared(builder))})"
        ) from None


def _prepared(builder: Any) -> str:
    """Name the folder of a prepared copy below the data folder: name, configuration, version."""
    configuration = builder.builder_config.name if builder.builder_config else ""
    return "/".join(part for part in (builder.name, configuration, str(builder.version)) if part)


def download_failures() -> tuple[type[Exception], ...]:
    """Name what a failing download raises: two plain Exceptions of its own, and the OSErrors of requests."""
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError
    from tensorflow_datasets.core.download.util import DownloadError

    return DownloadError, NonMatchingChecksumError, OSError, ValueError, RuntimeError


def complete(builder: Any, dataset: TfdsDataset) -> TfdsDataset:
    """Check the features and splits that are named, and find the others by their type and name.

    Raises:
        UserError: A feature or a split is not there, or it cannot be told which is meant.
    """
    features, published = builder.info.features, builder.info.splits
    for feature in [*dataset.text, *([dataset.label] if dataset.label is not None else [])]:
        if feature not in features:
            raise UserError(f"{dataset.name}: no feature '{feature}'; {allowed(feature, features)}")
        if getattr(features[feature], "shape", ()) != ():
            raise UserError(f"{dataset.name}: feature '{feature}' holds more than one value; {allowed('', features)}")
    if dataset.label in dataset.text:
        raise UserError(f"{dataset.name}: feature '{dataset.label}' is to be both text and label; name two features")
    for split in dataset.splits.values():
        if split not in published:
            raise UserError(f"{dataset.name}: no split '{split}'; {allowed(split, published)}")
    splits = dict(dataset.splits) or by_split(published, dataset.name)
    if "train" not in splits:
        raise UserError(f"{dataset.name}: which split is train? name it with `splits`; {allowed('train', published)}")
    label = dataset.label if dataset.label is not None else _find_label(dataset.name, features)
    text = dataset.text or _find_text(dataset.name, features, label)
    return dataset.model_copy(update={"text": text, "label": label, "splits": splits})


def _find_label(name: str, features: Any) -> str:
    found: list[str] = [feature for feature, kind in features.items() if hasattr(kind, "names")]
    if len(found) != 1:
        which = f"several class labels ({', '.join(found)})" if found else "no class label"
        raise UserError(f"{name}: found {which}; name one feature as `label`, {allowed('label', found or features)}")
    return found[0]


def _find_text(name: str, features: Any, label: str) -> list[str]:
    import tensorflow_datasets as tfds

    found = [feature for feature, kind in features.items() if isinstance(kind, tfds.features.Text) and feature != label]
    if not found:
        raise UserError(f"{name}: no text feature; name some as `text`, {allowed('text', features)}")
    return found


def _notes(asked: TfdsDataset, found: TfdsDataset) -> list[str]:
    """Say what was not named."""
    guessed = [] if asked.text else [f"text in {', '.join(found.text)}"]
    guessed += [] if asked.label is not None else [f"label in {found.label}"]
    notes = [", ".join(guessed)] if guessed else []
    if not asked.splits:
        notes.append("splits: " + ", ".join(f"{theirs} as {ours}" for ours, theirs in found.splits.items()))
    return notes


def _read(builder: Any, dataset: TfdsDataset, split: str, classes: Classes | None) -> Iterator[Chunk]:
    """Yield the rows of a split; without `classes`, labels are numbers already."""
    label = str(dataset.label)
    used = [*dataset.text, label]
    rows = builder.as_dataset(split=split, shuffle_files=False).map(lambda row: {name: row[name] for name in used})
    for batch in rows.batch(CHUNK_ROWS).as_numpy_iterator():
        columns = [[_string(value) for value in batch[feature]] for feature in dataset.text]
        texts = [" ".join(parts) for parts in zip(*columns, strict=True)]
        if classes is None:
            yield Chunk(texts, batch[label].astype(np.int32))
        else:
            yield from chunks(zip(texts, map(_string, batch[label]), strict=True), classes)


def _string(value: Any) -> str:
    """Write a feature's value as a string; what is no UTF-8 in it becomes U+FFFD."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
