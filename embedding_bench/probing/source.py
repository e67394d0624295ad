"""Sources of vectors to explore: word vectors, and the matrices of trained variants."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Matrix
from embedding_bench.artifacts import embedding, model, vectors
from embedding_bench.artifacts.embedding import SPECIAL
from embedding_bench.core.errors import UserError
from embedding_bench.probing.space import Space

SPELLINGS = 50_000  # the most frequent words, among which near spellings are searched
COEFFICIENT = re.compile(r"[+-](\d+\.?\d*|\.\d+)")


class Source(NamedTuple):
    """A name, its words and their vectors [words, dimensions]."""

    name: str
    space: Space

    def row(self, word: str) -> int:
        """Return a word's row, in its own case or else lower-cased.

        Raises:
            UserError: There is no such word.
        """
        words = self.space.words
        for spelling in (word, word.lower()):
            if spelling in words:
                return words.index(spelling)
        near = get_close_matches(word.lower(), words[:SPELLINGS], n=5)
        hint = f"near spellings: {', '.join(near)}" if near else "no frequent word has a similar spelling"
        raise UserError(f"{self.name}: '{word}' is not among its {len(words):,} words; {hint}")

    def rows(self, words: list[str]) -> list[int]:
        """Return the rows of words."""
        return [self.row(word) for word in words]

    def vectors(self, rows: list[int]) -> Matrix:
        """Copy rows: float32 [rows, dimensions]."""
        return np.asarray(self.space.vectors[rows], np.float32)


def open_source(name: str, data: Path) -> Source:
    """Open word vectors or a trained matrix by name, below the folder `data` of artifacts, or by path.

    Raises:
        UserError: There is no such source, or it has no words.
    """
    candidates = [Path(name), data / "vectors" / name, data / "models" / name]
    folder = next((path for path in candidates if _is_vectors(path) or _is_model(path)), None)
    if folder is None:
        raise UserError(f"'{name}': no vectors or model of that name in {data}, nor a folder of either; {_known(data)}")
    try:
        words, matrix = _read_vectors(folder) if _is_vectors(folder) else _read_model(folder)
    except FileNotFoundError as error:
        raise UserError(f"{folder}: {error} is missing; run `dvc checkout` or `dvc repro`") from None
    if not words:
        raise UserError(f"{folder}: random vectors have no words; explore a variant that was trained from them")
    return Source(folder.name, Space(words, matrix))


def list_sources(data: Path) -> list[tuple[str, str]]:
    """Return the name and a description of each source below the folder `data` of artifacts."""
    described = []
    for folder in _sources(data):
        if _is_vectors(folder):
            origin = vectors.read_origin(folder)
            described.append((folder.name, f"vectors, {origin['words']:,} words x {origin['dimensions']} dimensions"))
        else:
            described.append((folder.name, "model"))
    return described


def parse_terms(parts: list[str]) -> list[tuple[float, str]]:
    """Parse words, each after an optional coefficient.

    >>> parse_terms(["king", "-1.7", "man", "+1.7", "woman"])
    [(1.0, 'king'), (-1.7, 'man'), (1.7, 'woman')]

    Raises:
        UserError: A coefficient has no word after it.
    """
    terms, factor = [], None
    for part in parts:
        if COEFFICIENT.fullmatch(part):
            if factor is not None:
                break
            factor = part
        else:
            terms.append((float(factor or 1), part))
            factor = None
    if factor is not None:
        raise UserError(f"sum: '{factor}' has no word after it; write such as: sum SOURCE king -1.7 man +1.7 woman")
    return terms


def _sources(data: Path) -> list[Path]:
    folders = [path for path in sorted((data / "vectors").glob("*")) if _is_vectors(path)]
    with_words = [path for path in folders if vectors.read_origin(path)["words"]]  # random ones have none
    return with_words + [path for path in sorted((data / "models").glob("*")) if _is_model(path)]


def _known(data: Path) -> str:
    names = [path.name for path in _sources(data)]
    return f"there are: {', '.join(names)}" if names else "there are none yet: run `embedding-bench repro`"


def _is_vectors(folder: Path) -> bool:
    return (folder / "vectors.json").is_file()


def _is_model(folder: Path) -> bool:
    return (folder / "model.json").is_file()


def _read_vectors(folder: Path) -> tuple[list[str], Matrix]:
    word_vectors = vectors.read(folder)
    return word_vectors.words.to_pylist(), word_vectors.vectors


def _read_model(folder: Path) -> tuple[list[str], Matrix]:
    """Read a variant's words and its trained matrix, without the rows of padding and unknown words."""
    start = embedding.read(_embedding_of(folder))
    matrix = model.matrix_of(*model.read(folder), start)
    return start.vocabulary["token"].to_pylist()[len(SPECIAL) :], matrix[len(SPECIAL) :]


def _embedding_of(folder: Path) -> Path:
    """Return the embedding that a model started from: the longest name that is a prefix of the model's.

    Raises:
        UserError: There is none.
    """
    folder = folder.absolute()
    beside = folder.parents[1] / "embeddings"
    candidates = [path for path in beside.glob("*") if folder.name.startswith(f"{path.name}-")]
    if not candidates:
        raise UserError(f"{beside}: no embedding that '{folder.name}' started from; run `dvc repro` or `dvc checkout`")
    return max(candidates, key=lambda path: len(path.name))
