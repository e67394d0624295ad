"""The exported folder: a Keras model with all that a person needs to use it.

`model.keras` takes raw text; read and written by
`embedding_bench.serving.keras_file`. `labels.json` names the classes by
number. `settings.json` says what the model is made of. `metrics.json` says what it reached: the variant's row of the
`leaderboard` and, of the exported `replicate`, `accuracy`, `macro_f1` and figures by class. `hits.npy` bool [texts]
marks the texts of the test split that it got right, and `test_digest` in `metrics.json` names those texts, so that two
models can be compared on the same ones. `README.md` is the model card.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts import corpus
from embedding_bench.core.files import read_json, write_json


class Facts(NamedTuple):
    """What is told of a model beside its weights."""

    labels: list[str]
    settings: dict[str, Any]
    metrics: dict[str, Any]
    hits: npt.NDArray[np.bool_]


def write(folder: Path, facts: Facts, card: str) -> None:
    """Write all but the model."""
    for name in ("labels", "settings", "metrics"):
        write_json(folder / f"{name}.json", getattr(facts, name))
    np.save(folder / "hits.npy", facts.hits)
    (folder / "README.md").write_text(card, encoding="utf-8")


def read(folder: Path) -> Facts:
    """Read all but the model and its card."""
    labels, settings, metrics = (read_json(folder / f"{name}.json") for name in ("labels", "settings", "metrics"))
    return Facts(labels, settings, metrics, np.load(folder / "hits.npy"))


def digest_test_split(corpus_folder: Path) -> str:
    """Hash the texts and labels of the test split."""
    digest = hashlib.sha256(corpus.read_labels(corpus_folder, "test").tobytes())
    for batch in corpus.read_texts(corpus_folder, "test"):
        for text in batch.to_pylist():
            digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:32]
