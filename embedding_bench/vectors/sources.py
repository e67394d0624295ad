"""Pretrained vectors: from a local file, or by their gensim-data name."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError, allowed, one_line
from embedding_bench.vectors.binary_format import read_binary, read_header
from embedding_bench.vectors.opening import FASTTEXT, open_binary
from embedding_bench.vectors.text_format import read_text, sniff


class Blocks(NamedTuple):
    """Vectors that are read when `blocks` is gone through."""

    dimensions: int
    blocks: Iterable[WordVectors]


def open_file(
    path: Path, file_format: str = "auto", limit: int | None = None, tokens: Callable[[], Sequence[str]] = list
) -> Blocks:
    """Open the first `limit` words of a file, or all, in the declared format, or in the one that its first bytes show.

    `tokens` names the corpus's: a fastText model has vectors for those as well that are not among its words.

    Raises:
        UserError: The file cannot be read as vectors.
    """
    if file_format == "auto":
        file_format = _recognise(path)
    if file_format == "fasttext-binary":
        from embedding_bench.vectors.fasttext_binary import open_fasttext, read_fasttext  # gensim costs a second

        model = open_fasttext(path, limit)
        return Blocks(model.vectors.shape[1], _finite(path, read_fasttext(model, tokens())))
    if file_format == "word2vec-binary":
        return Blocks(read_header(path)[1], _finite(path, read_binary(path, limit)))
    layout = sniff(path)
    if file_format == "glove" and layout.words is not None:
        layout = layout._replace(words=None)
    return Blocks(layout.dimensions, _finite(path, read_text(path, layout, limit)))


def _finite(path: Path, blocks: Iterable[WordVectors]) -> Iterator[WordVectors]:
    """Pass blocks on; one NaN in the matrix would make every loss NaN."""
    for block in blocks:
        wrong = np.flatnonzero(~np.isfinite(block.vectors).all(axis=1))
        if len(wrong):
            raise UserError(f"{path}: the vector of '{block.words[int(wrong[0])]}' is not finite; fetch the file again")
        yield block


def halve(blocks: Iterable[WordVectors]) -> Iterator[WordVectors]:
    """Round vectors to float16.

    Raises:
        UserError: A value is too large for it.
    """
    for block in blocks:
        with np.errstate(over="ignore"):
            rounded = block.vectors.astype(np.float16)
        wrong = np.flatnonzero(~np.isfinite(rounded).all(axis=1))
        if len(wrong):
            raise UserError(
                f"vectors: the vector of '{block.words[int(wrong[0])]}' has values over 65,504, the most that "
                "`half: true` can keep; drop `half`"
            )
        yield block._replace(vectors=rounded)


def _recognise(path: Path) -> str:
    with open_binary(path) as file:
        if file.read(len(FASTTEXT)) == FASTTEXT:
            return "fasttext-binary"
    return "word2vec-binary" if _is_binary(path) else "text"


def _is_binary(path: Path) -> bool:
    """Look behind a word2vec header for numbers that are not text."""
    with open_binary(path) as file:
        header, start = file.readline(100).split(), file.read(1000)
    if len(header) != 2 or not all(part.isdigit() for part in header):
        return False
    first = start.splitlines()[0] if start else b""
    try:
        [float(number) for number in first.split()[1:3]]
    except ValueError:
        return True
    return b"\x00" in start


def fetch_gensim(name: str) -> Path:
    """Find the file of a gensim-data name in GENSIM_DATA_DIR, or download it; gensim checks its published MD5 sum.

    Only the file is used: `return_path=True` keeps gensim from running the loader that it downloads beside it.

    Raises:
        UserError: The name is unknown, or the download failed.
    """
    import gensim.downloader  # costs a second, which vectors from files do without

    try:
        names = gensim.downloader.info(name_only=True)["models"]
        if name not in names:
            raise UserError(f"vectors: gensim-data has no '{name}'; {allowed(name, names)}")
        return Path(gensim.downloader.load(name, return_path=True))
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001  # gensim raises plain Exception where the checksum is wrong
        raise UserError(
            f"{name}: could not be downloaded ({one_line(str(error))[:120]}); where the network is closed, copy "
            f"information.json and the folder {name} of another machine's gensim-data folder and set GENSIM_DATA_DIR "
            f"to where they are (now {gensim.downloader.BASE_DIR})"
        ) from None
