"""Question sets: analogies, and word pairs with human similarity scores."""

import importlib.util
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from embedding_bench.core.errors import UserError

ANALOGIES = {"questions-words": "questions-words.txt"}
SIMILARITY = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}

Sections = dict[str, list[tuple[str, ...]]]
Pairs = list[tuple[str, str, float]]
Content = TypeVar("Content")


class Sets(NamedTuple):
    """Analogies by section, and scored pairs, both by name of the set."""

    analogies: dict[str, Sections]
    similarity: dict[str, Pairs]


def read_sets(analogies: list[str], similarity: list[str]) -> Sets:
    """Read all sets, by known name or path.

    Raises:
        UserError: A set does not exist, a line is malformed, or two sets have the same name.
    """
    return Sets(
        _read_all("analogies", analogies, ANALOGIES, read_analogies),
        _read_all("similarity", similarity, SIMILARITY, read_similarity),
    )


def _read_all(
    key: str, entries: list[str], known: dict[str, str], read: Callable[[Path], Content]
) -> dict[str, Content]:
    contents: dict[str, Content] = {}
    for entry in entries:
        name = entry if entry in known else Path(entry).stem
        if name in contents:
            raise UserError(f"intrinsic.{key}: two sets would be called '{name}'; rename a file, or drop one")
        contents[name] = read(find_set(key, entry, known))
    return contents


def find_set(key: str, entry: str, known: dict[str, str]) -> Path:
    """Return the path of a set, given as a name in the test data of gensim or as a path.

    Raises:
        UserError: The file does not exist.
    """
    if entry in known:
        path = gensim_data() / known[entry]
        hint = "this gensim is installed without its test data; give the path of a copy"
    else:
        path = Path(entry).expanduser()
        hint = f"expected a file's path, or a name: {', '.join(known)}"
    if not path.is_file():
        raise UserError(f"intrinsic.{key}: '{entry}': no such file; {hint}")
    return path


def gensim_data() -> Path:
    """Return the folder of gensim's test data, without importing gensim, which takes a second."""
    spec = importlib.util.find_spec("gensim")
    locations = spec.submodule_search_locations if spec else None
    return Path(locations[0] if locations else "gensim") / "test" / "test_data"


def read_analogies(path: Path) -> Sections:
    """Read questions by section: lines of four words after a line ``: section`` (Mikolov et al., 2013), lower-cased.

    Raises:
        UserError: A line is neither a section nor four words, or the file has no question.
    """
    sections: Sections = {}
    for number, line in _lines(path):
        if line.startswith(":"):
            section = sections.setdefault(line[1:].strip(), [])
            continue
        words = tuple(line.lower().split())
        if not sections:
            raise UserError(f"{path}: line {number}: a question before the first section; begin with ': a name'")
        if len(words) != 4:
            raise UserError(f"{path}: line {number}: found {len(words)} words, expected four, or ': a section'")
        section.append(words)
    if not any(sections.values()):
        raise UserError(f"{path}: holds no question; expected four words on a line, below ': a section'")
    return sections


def read_similarity(path: Path) -> Pairs:
    """Read lines of two words and a score, separated by tabs or spaces, lower-cased; # begins a comment line.

    Raises:
        UserError: A line is not two words and a number, or the file has no pair.
    """
    pairs: Pairs = []
    for number, line in _lines(path):
        if line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
        score = _number(cells[-1])
        if len(cells) != 3 or score is None:
            raise UserError(
                f"{path}: line {number}: expected two words and a number, separated by tabs or spaces, "
                "or a comment that begins with #"
            )
        pairs.append((cells[0].lower(), cells[1].lower(), score))
    if not pairs:
        raise UserError(f"{path}: holds no pair; expected two words and a number on each line")
    return pairs


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number and stripped text of each non-blank line."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line.strip()
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 ({error.reason}); convert it") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
