"""The initial embedding matrix of one vocabulary and one source of vectors.

`vocabulary.parquet`: `token` string, `count` int64 (in train and unlabeled), `match` dictionary<string> ("exact", a
fallback's name, "ngrams" or "missing"). Row 0 is the padding "", row 1 is unknown "[UNK]". `remap.npy` int32
[lexicon]: the vocabulary row of each lexicon row (1 where it has none). `aliases.parquet`: `token` string, `row` int32,
the tokens outside the vocabulary that come to a row by a fallback: those of the lexicon, and the vocabulary's words
lower-cased. `rows.npy` int32 [found] and `vectors.npy` float32 [found, dimensions]: the rows that the source of vectors
fills.
`embedding.json`: `dimensions` and `missing`, the policy for the other rows.
`coverage.json`: see `embedding_bench.vectors.coverage`.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from embedding_bench.core.files import read_json, write_json
from embedding_bench.settings.vectors import DrawnRows

PADDING, UNKNOWN = 0, 1
SPECIAL = ("", "[UNK]")
ALIASES = pa.schema([("token", pa.string()), ("row", pa.int32())])
NO_ALIASES = pa.Table.from_batches([], ALIASES)  # `empty_table` would import pandas


class Embedding(NamedTuple):
    """The artifact in memory; `missing` is the policy for rows without a vector, as in params.yaml."""

    vocabulary: pa.Table
    remap: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]
    vectors: npt.NDArray[np.float32]
    missing: dict[str, Any]
    aliases: pa.Table = NO_ALIASES

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and dimensions of the whole matrix."""
        return self.vocabulary.num_rows, self.vectors.shape[1]

    def drawn(self, rows: DrawnRows) -> "Embedding":
        """Return the artifact with another policy, and of random vectors with other dimensions."""
        vectors = self.vectors if rows.dimensions is None else np.zeros((0, rows.dimensions), np.float32)
        return self._replace(missing=rows.missing.model_dump(), vectors=vectors)


def write(folder: Path, embedding: Embedding, coverage: dict[str, Any]) -> None:
    """Write the artifact and its coverage."""
    for name in ("vocabulary", "aliases"):
        pq.write_table(getattr(embedding, name), folder / f"{name}.parquet", compression="zstd")
    for name in ("remap", "rows", "vectors"):
        np.save(folder / f"{name}.npy", getattr(embedding, name))
    write_json(folder / "embedding.json", {"dimensions": embedding.shape[1], "missing": embedding.missing})
    write_json(folder / "coverage.json", coverage)


def read(folder: Path) -> Embedding:
    """Read the artifact."""
    remap, rows, vectors = (np.load(folder / f"{name}.npy") for name in ("remap", "rows", "vectors"))
    missing = read_json(folder / "embedding.json")["missing"]
    vocabulary, aliases = (pq.read_table(folder / f"{name}.parquet") for name in ("vocabulary", "aliases"))
    return Embedding(vocabulary, remap, rows, vectors, missing, aliases)


def read_coverage(folder: Path) -> dict[str, Any]:
    """Read the coverage."""
    coverage: dict[str, Any] = read_json(folder / "coverage.json")
    return coverage


def initial_matrix(embedding: Embedding, seed: int) -> npt.NDArray[np.float32]:
    """Build the matrix, rows without a vector by their policy and `seed`: float32 [vocabulary, dimensions].

    Padding is zeros. The mean of no rows is zeros.
    """
    policy, shape = embedding.missing, embedding.shape
    rng = np.random.default_rng(seed)
    match policy["policy"]:
        case "uniform":
            matrix = rng.uniform(-policy["limit"], policy["limit"], shape).astype(np.float32)
        case "normal":
            matrix = rng.normal(0, policy["sd"], shape).astype(np.float32)
        case "mean" if len(embedding.rows):
            matrix = np.broadcast_to(embedding.vectors.mean(axis=0), shape).copy()
        case _:
            matrix = np.zeros(shape, dtype=np.float32)
    matrix[embedding.rows] = embedding.vectors
    matrix[PADDING] = 0
    return matrix
