"""Encoded texts: `lexicon.parquet`, `<split>.ids.npy`, `<split>.offsets.npy` and `tokens.json`.

The lexicon has every token of the corpus once: `token` string, `count` int64 (the occurrences that choose a
vocabulary: train and unlabeled, or the first texts of train where the vectorizer adapts on those only) and one int64
column of counts for each split. Rows are sorted by falling `count`, then by token. A split's texts are flat: `ids`
int32, the lexicon rows of all texts end to end, and `offsets` int64 of length texts + 1, where each text begins.
`tokens.json`: `vectorizer` as in params.yaml, and sums by split. `subwords.json`, where words are split into pieces:
the pieces, the earliest learned first.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from embedding_bench.core.files import read_json, write_json


class Encoded(NamedTuple):
    """The texts of one split as flat ids; `ids` is memory-mapped when read from a file."""

    ids: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def write(
    folder: Path, lexicon: pa.Table, splits: dict[str, Encoded], summary: dict[str, Any], subwords: str | None = None
) -> None:
    """Write the lexicon, the offsets of the encoded splits (whose ids are on disk already) and the summary."""
    pq.write_table(lexicon, folder / "lexicon.parquet", compression="zstd")
    for split, encoded in splits.items():
        np.save(folder / f"{split}.offsets.npy", encoded.offsets)
    write_json(folder / "tokens.json", summary)
    if subwords is not None:
        (folder / "subwords.json").write_text(subwords, encoding="utf-8")


def read_lexicon(folder: Path) -> pa.Table:
    """Read the lexicon."""
    return pq.read_table(folder / "lexicon.parquet")


def read_split(folder: Path, split: str) -> Encoded:
    """Map one encoded split."""
    ids = np.load(folder / f"{split}.ids.npy", mmap_mode="r")
    return Encoded(ids, np.load(folder / f"{split}.offsets.npy"))


def read_subwords(folder: Path) -> str | None:
    """Read the pieces that words are split into, as JSON; None where words stay whole."""
    path = folder / "subwords.json"
    return path.read_text(encoding="utf-8") if path.exists() else None


def splits(folder: Path) -> list[str]:
    """List the splits of the lexicon, in the order of the corpus."""
    names: list[str] = pq.read_schema(folder / "lexicon.parquet").names[2:]
    return names


def read_summary(folder: Path) -> dict[str, Any]:
    """Read `tokens.json`."""
    summary: dict[str, Any] = read_json(folder / "tokens.json")
    return summary
