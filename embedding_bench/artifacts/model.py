"""A trained model as plain parts: `weights.npz` and `model.json`.

`weights.npz`: `embedding` float32 [vocabulary, dimensions], for fine-tuned variants alone; `row_weights` float32
[vocabulary], where the initial matrix was multiplied by them; `ngrams` float32 [n-grams, dimensions] and `ngram_keys`
int64 [n-grams] (see `models.ngrams`), for encoders that have n-grams; and the other weights by their path in the
network. `model.json`: the seed of the replicate, and the settings of the variant as in `artifacts.search`. They are
those of the best replicate on validation; where all are kept, `members/<k>` has the same of replicate k.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.core.files import read_json, write_json
from embedding_bench.settings.vectors import DrawnRows

Weights = dict[str, npt.NDArray[Any]]


def write(folder: Path, weights: Weights, description: dict[str, Any]) -> None:
    """Write a model."""
    np.savez(folder / "weights.npz", **weights)  # type: ignore[arg-type]  # its stub knows no keyword arrays
    write_json(folder / "model.json", description)


def write_member(folder: Path, number: int, weights: Weights, description: dict[str, Any]) -> None:
    """Write the model of one replicate beside that of the best."""
    place = folder / "members" / str(number)
    place.mkdir(parents=True)
    write(place, weights, description)


def members(folder: Path) -> list[Path]:
    """Return the folders of all replicates' models, by number; empty where only the best is kept."""
    return sorted((folder / "members").glob("*"), key=lambda place: int(place.name))


def exists(folder: Path) -> bool:
    """Tell whether a folder has a model; that of a variant that was left out holds the reason."""
    return (folder / "model.json").exists()


def matrix_of(weights: Weights, description: dict[str, Any], start: Embedding) -> npt.NDArray[np.float32]:
    """Return the trained matrix, float32 [vocabulary, dimensions]; a frozen one is drawn again from its seed."""
    return weights["embedding"] if "embedding" in weights else first_matrix_of(weights, description, start)


def first_matrix_of(weights: Weights, description: dict[str, Any], start: Embedding) -> npt.NDArray[np.float32]:
    """Return the matrix that training started from, float32 [vocabulary, dimensions]."""
    matrix = initial_matrix(start.drawn(DrawnRows.model_validate(description["rows"])), description["seed"])
    return matrix * weights["row_weights"][:, np.newaxis] if "row_weights" in weights else matrix


def read(folder: Path) -> tuple[Weights, dict[str, Any]]:
    """Read a model: its weights by name, and its description."""
    with np.load(folder / "weights.npz", allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}, read_json(folder / "model.json")
