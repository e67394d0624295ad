"""The exported folder: a Keras model, and all that its users need.

`model.keras`: raw text in, probabilities out (`serving.keras_file`). `labels.json`: names of the classes by number.
`settings.json`: the variant, its axes and their settings. `metrics.json`: the variant's row of the `leaderboard` and,
of the exported `replicates`, whose average answers, `accuracy`, `macro_f1` and metrics by class on test, and
`validation_accuracy`. `hits.npy`
bool [texts]: the validation texts that the model classifies rightly; `validation_digest` in `metrics.json` identifies
those texts, so that two models can be compared on the same ones. `README.md`: the model card.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts import corpus
from embedding_bench.core.files import read_json, write_json


class Facts(NamedTuple):
    """The description of an exported model: all but its weights and card."""

    labels: list[str]
    settings: dict[str, Any]
    metrics: dict[str, Any]
    hits: npt.NDArray[np.bool_]


def write(folder: Path, facts: Facts, card: str) -> None:
    """Write all files but the model."""
    for name in ("labels", "settings", "metrics"):
        write_json(folder / f"{name}.json", getattr(facts, name))
    np.save(folder / "hits.npy", facts.hits)
    (folder / "README.md").write_text(card, encoding="utf-8")


def read(folder: Path) -> Facts:
    """Read all files but the model and its card."""
    labels, settings, metrics = (read_json(folder / f"{name}.json") for name in ("labels", "settings", "metrics"))
    return Facts(labels, settings, metrics, np.load(folder / "hits.npy"))


def digest_split(corpus_folder: Path, split: str) -> str:
    """Hash the texts and labels of a split."""
    digest = hashlib.sha256(corpus.read_labels(corpus_folder, split).tobytes())
    for batch in corpus.read_texts(corpus_folder, split):
        for text in batch.to_pylist():
            digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:32]
