"""Texts and labels from TensorFlow Datasets, prepared locally or downloaded."""

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
    """Open a dataset; download and prepare it if there is no prepared copy in `TFDS_DATA_DIR`.

    Raises:
        UserError: The name, a feature or a split is unknown, or the download failed.
    """
    import tensorflow_datasets as tfds  # takes seconds; not needed by other sources

    import embedding_bench.tensorflow  # noqa: F401  # imports TensorFlow quietly, before the first builder does

    try:
        builder = tfds.builder(dataset.name)
    except tfds.core.DatasetNotFoundError:
        raise UserError(
            f"datasets: TensorFlow Datasets has no '{dataset.name}'; {_nearest(dataset.name, tfds.list_builders())}"
        ) from None
    except (ValueError, AssertionError, ImportError) as error:  # wrong configuration, version or form of the name
        raise UserError(
            f"datasets: TensorFlow Datasets has no '{dataset.name}': {one_line(str(error))[:300]}"
        ) from None
    _prepare(builder)
    completed = complete(builder, dataset)
    label = builder.info.features[completed.label]
    location = f"{completed.name}: feature '{completed.label}'"
    classes = Classes(location)
    ordered = hasattr(label, "names")
    return Source(
        splits={
            split: partial(_read, builder, completed, published, None if ordered else classes)
            for split, published in completed.splits.items()
        },
        labels=lambda: list(label.names if ordered else classes.names),
        ordered=ordered,
        notes=lambda: _notes(dataset, completed),
        text_location=f"{completed.name}: feature '{' and '.join(completed.text)}'",
        label_location=location,
    )


def _nearest(name: str, names: list[str]) -> str:
    return allowed(name, names).partition("allowed:")[0] or "see `tfds.list_builders()`"


def _prepare(builder: Any) -> None:
    from tensorflow_datasets.core.download import downloader

    downloader.MAX_RETRIES = 3  # the default of ten takes minutes to fail without network
    try:
        builder.download_and_prepare()
    except download_failures() as error:
        prepared = _prepared_folder(builder)
        raise UserError(
            f"{builder.name}: could not be downloaded ({one_line(str(error))[:160]}); where the network is closed, "
            f"copy a prepared {prepared} folder from another machine and set TFDS_DATA_DIR to the folder "
            f"that holds it (now {builder.data_dir.removesuffix(prepared)})"
        ) from None


def _prepared_folder(builder: Any) -> str:
    """Return the folder of a prepared copy below the data folder: name/configuration/version."""
    configuration = builder.builder_config.name if builder.builder_config else ""
    return "/".join(part for part in (builder.name, configuration, str(builder.version)) if part)


def download_failures() -> tuple[type[Exception], ...]:
    """Return the exceptions of a failed download: tfds has two of its own, requests raises OSErrors."""
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError
    from tensorflow_datasets.core.download.util import DownloadError

    return DownloadError, NonMatchingChecksumError, OSError, ValueError, RuntimeError


def complete(builder: Any, dataset: TfdsDataset) -> TfdsDataset:
    """Check the declared features and splits; find undeclared ones by type and name.

    Raises:
        UserError: A feature or split does not exist, or is ambiguous.
    """
    features, published = builder.info.features, builder.info.splits
    for feature in [*dataset.text, *([dataset.label] if dataset.label is not None else [])]:
        if feature not in features:
            raise UserError(f"{dataset.name}: no feature '{feature}'; {allowed(feature, features)}")
        if getattr(features[feature], "shape", ()) != ():
            raise UserError(f"{dataset.name}: feature '{feature}' holds more than one value; {allowed('', features)}")
    if dataset.label in dataset.text:
        raise UserError(f"{dataset.name}: feature '{dataset.label}' is named as both text and label; name two features")
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
    labels: list[str] = [feature for feature, kind in features.items() if hasattr(kind, "names")]
    if len(labels) != 1:
        summary = f"several class labels ({', '.join(labels)})" if labels else "no class label"
        raise UserError(f"{name}: found {summary}; name one feature as `label`, {allowed('label', labels or features)}")
    return labels[0]


def _find_text(name: str, features: Any, label: str) -> list[str]:
    import tensorflow_datasets as tfds

    texts = [feature for feature, kind in features.items() if isinstance(kind, tfds.features.Text) and feature != label]
    if not texts:
        raise UserError(f"{name}: no text feature; name some as `text`, {allowed('text', features)}")
    return texts


def _notes(declared: TfdsDataset, completed: TfdsDataset) -> list[str]:
    """Describe the guessed features and splits."""
    guessed = [] if declared.text else [f"text in {', '.join(completed.text)}"]
    guessed += [] if declared.label is not None else [f"label in {completed.label}"]
    notes = [", ".join(guessed)] if guessed else []
    if not declared.splits:
        names = ", ".join(f"{published} as {split}" for split, published in completed.splits.items())
        notes.append(f"splits: {names}")
    return notes


def _read(builder: Any, dataset: TfdsDataset, split: str, classes: Classes | None) -> Iterator[Chunk]:
    """Yield the rows of a split; without `classes`, labels are class numbers already."""
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
    """Convert a feature value to a string; invalid UTF-8 becomes U+FFFD."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
