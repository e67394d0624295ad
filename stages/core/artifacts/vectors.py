"""Word vectors: `words.parquet` (column `word` string), `vectors.npy` float32 [words, dimensions], `vectors.json`.

Of a word that stands twice the first counts. A random source has no words: only `dimensions` in `vectors.json` speaks.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.artifacts.files import read_json, write_json

WORDS = pa.schema([("word", pa.string())])


class WordVectors(NamedTuple):
    """Words and their vectors, float32 [words, dimensions], row by row; the whole of a source, or a block of it."""

    words: pa.StringArray
    vectors: npt.NDArray[np.float32]


def write(folder: Path, blocks: Iterable[WordVectors], dimensions: int, origin: dict[str, Any]) -> int:
    """Write vectors a block at a time, and beside them where they come from; return how many words there were."""
    count = 0
    with (
        (folder / "vectors.npy").open("wb") as file,
        pq.ParquetWriter(folder / "words.parquet", WORDS, compression="zstd") as words,
    ):
        _write_header(file, count, dimensions)
        for block in blocks:
            words.write_batch(pa.record_batch([block.words], schema=WORDS))
            np.ascontiguousarray(block.vectors, dtype="<f4").tofile(file)
            count += len(block.words)
        file.seek(0)
        _write_header(file, count, dimensions)  # NumPy pads the header so that a longer shape fits
    write_json(folder / "vectors.json", {**origin, "words": count, "dimensions": dimensions})
    return count


def _write_header(file: Any, count: int, dimensions: int) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": (count, dimensions)}
    np.lib.format.write_array_header_1_0(file, header)
    file.flush()


def read(folder: Path) -> WordVectors:
    """Read the words and map the vectors."""
    words = pq.read_table(folder / "words.parquet")["word"].combine_chunks()
    vectors = np.load(folder / "vectors.npy", mmap_mode="r" if len(words) else None)
    return WordVectors(words, vectors)


def read_origin(folder: Path) -> dict[str, Any]:
    """Read where the vectors come from, how many there are and their dimensions."""
    origin: dict[str, Any] = read_json(folder / "vectors.json")
    return origin
