"""Pretrained vectors by gensim-data name, and their rounding to float16."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError, allowed, one_line


def to_float16(blocks: Iterable[WordVectors]) -> Iterator[WordVectors]:
    """Yield the blocks with vectors rounded to float16.

    Raises:
        UserError: A value is out of the range of float16.
    """
    for block in blocks:
        with np.errstate(over="ignore"):
            rounded = block.vectors.astype(np.float16)
        overflowed = np.flatnonzero(~np.isfinite(rounded).all(axis=1))
        if len(overflowed):
            raise UserError(
                f"vectors: the vector of '{block.words[int(overflowed[0])]}' has values over 65,504, the most that "
                "`half: true` can keep; drop `half`"
            )
        yield block._replace(vectors=rounded)


def fetch_gensim(name: str) -> Path:
    """Return the file of a gensim-data name: from GENSIM_DATA_DIR, or downloaded and checked against its MD5 sum.

    `return_path=True` keeps gensim from running the loader code that it downloads with the file.

    Raises:
        UserError: The name is unknown, or the download failed.
    """
    import gensim.downloader  # takes a second; not needed for files

    try:
        names = gensim.downloader.info(name_only=True)["models"]
        if name not in names:
            raise UserError(f"vectors: gensim-data has no '{name}'; {allowed(name, names)}")
        return Path(gensim.downloader.load(name, return_path=True))
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001  # gensim raises plain Exception for a wrong checksum
        raise UserError(
            f"{name}: could not be downloaded ({one_line(str(error))[:120]}); where the network is closed, copy "
            f"information.json and the folder {name} of another machine's gensim-data folder and set GENSIM_DATA_DIR "
            f"to where they are (now {gensim.downloader.BASE_DIR})"
        ) from None
