"""Look at word vectors by hand: neighbours, analogies, sums, the odd one out.

A source is a name below data/vectors (words-word2vec) or data/models (a variant: its matrix after training), or the
path of such a folder. Without arguments, all are listed.
"""

import argparse
import re
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import numpy as np

from embedding_bench.artifacts import embedding, model, vectors
from embedding_bench.artifacts.embedding import SPECIAL
from embedding_bench.core import errors
from embedding_bench.core.errors import UserError
from embedding_bench.probing.space import Neighbours, Space, Values, analogy, nearest, odd_one_out
from embedding_bench.vectors.text_format import write_word2vec_text

DATA = Path("data")
SPELLINGS = 50_000  # the most frequent words, among which near spellings are sought
COEFFICIENT = re.compile(r"[+-](\d+\.?\d*|\.\d+)")


class Source(NamedTuple):
    """A name, the words and their vectors [words, dimensions]."""

    name: str
    space: Space

    def row(self, word: str) -> int:
        """Find a word's row: as it is written, or else lower-cased.

        Raises:
            UserError: There is no such word.
        """
        words = self.space.words
        for spelling in (word, word.lower()):
            if spelling in words:
                return words.index(spelling)
        near = get_close_matches(word.lower(), words[:SPELLINGS], n=5)
        hint = f"near spellings: {', '.join(near)}" if near else "none of its frequent words is spelled nearly so"
        raise UserError(f"{self.name}: '{word}' is none of its {len(words):,} words; {hint}")

    def rows(self, words: list[str]) -> list[int]:
        """Find the rows of words."""
        return [self.row(word) for word in words]

    def vectors(self, rows: list[int]) -> Values:
        """Copy rows as they stand: float32 [rows, dimensions]."""
        return np.asarray(self.space.vectors[rows], np.float32)


# --- sources ----------------------------------------------------------------------------------------------------


def open_source(name: str, data: Path) -> Source:
    """Open vectors or a trained matrix by name or path; vectors are mapped, not read.

    Raises:
        UserError: There is no such source, or it has no words.
    """
    places = [Path(name), data / "vectors" / name, data / "models" / name]
    folder = next((place for place in places if is_vectors(place) or is_model(place)), None)
    if folder is None:
        raise UserError(f"'{name}': no vectors or model of that name in {data}, nor a folder of either; {known(data)}")
    try:
        words, matrix = read_vectors(folder) if is_vectors(folder) else read_model(folder)
    except FileNotFoundError as error:
        raise UserError(f"{folder}: not whole, {error} is missing; run `dvc checkout` or `dvc repro`") from None
    if not words:
        raise UserError(f"{folder}: random vectors have no words; look at a variant that was trained from them")
    return Source(folder.name, Space(words, matrix))


def is_vectors(folder: Path) -> bool:
    """Tell whether a folder holds word vectors, as the stage `vectors` writes them."""
    return (folder / "vectors.json").is_file()


def is_model(folder: Path) -> bool:
    """Tell whether a folder holds a trained model, as the stage `train` writes it."""
    return (folder / "model.json").is_file()


def read_vectors(folder: Path) -> tuple[list[str], Values]:
    """Read words and map their vectors."""
    read = vectors.read(folder)
    return read.words.to_pylist(), read.vectors


def read_model(folder: Path) -> tuple[list[str], Values]:
    """Read a variant's words and its matrix after training, without the rows of padding and unknown words.

    A frozen one is what its seed drew, and the vectors that it was given.
    """
    built = embedding.read(embedding_of(folder))
    matrix = model.matrix_of(*model.read(folder), built)
    return built.vocabulary["token"].to_pylist()[len(SPECIAL) :], matrix[len(SPECIAL) :]


def embedding_of(folder: Path) -> Path:
    """Find the embedding that a model started from: of those beside it, the longest name that its own begins with.

    Raises:
        UserError: There is none.
    """
    folder = folder.absolute()
    beside = folder.parents[1] / "embeddings"
    found = [place for place in beside.glob("*") if folder.name.startswith(f"{place.name}-")]
    if not found:
        raise UserError(f"{beside}: no embedding that '{folder.name}' started from; run `dvc repro` or `dvc checkout`")
    return max(found, key=lambda place: len(place.name))


def sources(data: Path) -> list[Path]:
    """Find all sources of a folder of artifacts."""
    found = [place for place in sorted((data / "vectors").glob("*")) if is_vectors(place)]
    found = [place for place in found if vectors.read_origin(place)["words"]]  # random ones have none
    return found + [place for place in sorted((data / "models").glob("*")) if is_model(place)]


def known(data: Path) -> str:
    """Say which sources there are, or how to make some."""
    names = [place.name for place in sources(data)]
    return f"there are: {', '.join(names)}" if names else "there are none yet: run `dvc repro`"


def show_sources(data: Path) -> None:
    """Print a line for each source."""
    found = sources(data)
    if not found:
        raise UserError(f"{data}: neither vectors nor models; run `dvc repro`, or name another folder with --data")
    for place in found:
        if is_vectors(place):
            origin = vectors.read_origin(place)
            print(f"{place.name}\tvectors\t{origin['words']:,} words x {origin['dimensions']} dimensions")
        else:
            print(f"{place.name}\tmodel")


# --- questions --------------------------------------------------------------------------------------------------


def show_near(source: Source, arguments: argparse.Namespace) -> None:
    """Print the words nearest to one."""
    row = source.row(arguments.word)
    target = source.vectors([row])[0]
    show(nearest(source.space, target, arguments.n, {row}, arguments.distance))


def show_analogy(source: Source, arguments: argparse.Namespace) -> None:
    """Print the words nearest to a - b + c of directions, but for these three."""
    a, b, c = source.rows([arguments.a, arguments.b, arguments.c])
    target = analogy(source.vectors([b, a, c]))
    show(nearest(source.space, target, arguments.n, {a, b, c}))


def show_sum(source: Source, arguments: argparse.Namespace) -> None:
    """Print the words nearest to a sum of vectors as they stand; none is left out, so that the sum can be judged."""
    terms = read_terms(arguments.terms)
    rows = source.rows([word for _, word in terms])
    target = np.asarray([factor for factor, _ in terms], np.float32) @ source.vectors(rows)
    show(nearest(source.space, target, arguments.n, distance=arguments.distance))


def read_terms(parts: list[str]) -> list[tuple[float, str]]:
    """Read words, each after its coefficient or none: ``king -1.7 man +1.7 woman`` -> (1, king), (-1.7, man), ...

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
        raise UserError(f"sum: '{factor}' has no word after it; write such as: sum king -1.7 man +1.7 woman")
    return terms


def show_odd(source: Source, arguments: argparse.Namespace) -> None:
    """Print the words by their cosine with the mean of all: the odd one out first."""
    cosines = odd_one_out(source.vectors(source.rows(arguments.words)))
    show([(arguments.words[place], float(cosines[place])) for place in np.argsort(cosines, kind="stable")])


def show_vector(source: Source, arguments: argparse.Namespace) -> None:
    """Print a word's numbers, as many digits as tell float32 values apart."""
    print(" ".join(map(str, source.vectors([source.row(arguments.word)])[0])))


def export(source: Source, arguments: argparse.Namespace) -> None:
    """Write all words and vectors in word2vec's text format."""
    path: Path = arguments.path
    if path.is_dir() or not path.parent.is_dir():
        raise UserError(f"{path}: expected the path of a file, in a folder that is there")
    left_out = write_word2vec_text(path, source.space.words, source.space.vectors)
    note = f"; {left_out:,} with white space in them left out, which the format cannot hold" if left_out else ""
    print(f"{path}: {len(source.space.words) - left_out:,} words{note}")


def show(found: Neighbours) -> None:
    """Print a line for each word and its figure."""
    for word, value in found:
        print(f"{word}\t{value:.4f}")


# --- command line -----------------------------------------------------------------------------------------------


def make_parsers() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """Describe the command line: what stands there in any case, and the whole."""
    always = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    always.add_argument("--data", type=Path, default=DATA, help=f"the folder of artifacts (default: {DATA})")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, parents=[always], allow_abbrev=False
    )
    parser.add_argument("source", help="vectors or a variant, by name or path")
    commands = parser.add_subparsers(metavar="command", required=True)
    _add(commands, "near", show_near, "neighbours of a word", "n", "distance").add_argument("word")
    asked = _add(commands, "analogy", show_analogy, "king man woman: king - man + woman", "n")
    for name in "abc":
        asked.add_argument(name)
    summed = _add(commands, "sum", show_sum, "king -1.7 man +1.7 woman: what is nearest to the sum", "n", "distance")
    summed.add_argument("terms", nargs="+", help="words, each after its signed coefficient, if any")
    _add(commands, "odd", show_odd, "which word does not go with the others").add_argument("words", nargs="+")
    _add(commands, "vector", show_vector, "the numbers of a word").add_argument("word")
    _add(commands, "export", export, "write word2vec's text format").add_argument("path", type=Path)
    return always, parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: Callable[[Source, argparse.Namespace], None],
    text: str,
    *options: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(act=act)
    if "n" in options:
        command.add_argument("-n", type=positive, default=10, help="how many words (default: 10)")
    if "distance" in options:
        command.add_argument("--distance", choices=("cosine", "euclidean"), default="cosine")
    return command


def positive(text: str) -> int:
    """Read a whole number above zero."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found '{text}', expected a whole number above zero")
    return int(text)


def main(given: list[str] | None = None) -> None:
    """Read the command line; without a source, list what there is."""
    always, parser = make_parsers()
    found, rest = always.parse_known_args(given)
    if not rest:
        show_sources(found.data)
        return
    arguments = parser.parse_args(given)
    arguments.act(open_source(arguments.source, arguments.data), arguments)


if __name__ == "__main__":
    errors.run(main)
