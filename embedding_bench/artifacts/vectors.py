"""Word vectors: `words.parquet` (column `word` string), `vectors.npy` [words, dimensions], `vectors.json`.

Vectors are float32, or float16 where `vectors.json` has `half`. The first `known` words have vectors of their own; the
others are composed of character n-grams. Of a repeated word the first vector counts. A random source has no words,
only `dimensions` in `vectors.json`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from embedding_bench.core.files import read_json, write_json

WORDS = pa.schema([("word", pa.string())])


class WordVectors(NamedTuple):
    """Words and their vectors [words, dimensions], row by row: a whole source, or a block of it.

    The last `composed` words have the sum of their character n-grams for a vector.
    """

    words: pa.StringArray
    vectors: npt.NDArray[np.floating[Any]]
    composed: int = 0

    @property
    def known(self) -> int:
        """The number of words, from the first, with a vector of their own."""
        return len(self.words) - self.composed


def write(
    folder: Path, blocks: Iterable[WordVectors], dimensions: int, origin: dict[str, Any], half: bool = False
) -> int:
    """Write vectors block by block, with their origin; return the number of words.

    Blocks of composed words come after all others.
    """
    count = known = 0
    dtype = "<f2" if half else "<f4"
    with (
        (folder / "vectors.npy").open("wb") as file,
        pq.ParquetWriter(folder / "words.parquet", WORDS, compression="zstd") as words,
    ):
        _write_header(file, dtype, count, dimensions)
        for block in blocks:
            words.write_batch(pa.record_batch([block.words], schema=WORDS))
            np.ascontiguousarray(block.vectors, dtype=dtype).tofile(file)
            count += len(block.words)
            known += block.known
        file.seek(0)
        _write_header(file, dtype, count, dimensions)  # NumPy pads the header so that a longer shape fits
    write_json(folder / "vectors.json", {**origin, "words": count, "known": known, "dimensions": dimensions})
    return count


def _write_header(file: Any, dtype: str, count: int, dimensions: int) -> None:
    header = {"descr": dtype, "fortran_order": False, "shape": (count, dimensions)}
    np.lib.format.write_array_header_1_0(file, header)
    file.flush()


def read(folder: Path) -> WordVectors:
    """Read the words and map the vectors, float32 or float16."""
    words = pq.read_table(folder / "words.parquet")["word"].combine_chunks()
    vectors = np.load(folder / "vectors.npy", mmap_mode="r" if len(words) else None)
    return WordVectors(words, vectors, len(words) - read_origin(folder)["known"])


def read_origin(folder: Path) -> dict[str, Any]:
    """Read the source's settings, the number of words and the dimensions."""
    origin: dict[str, Any] = read_json(folder / "vectors.json")
    return origin
