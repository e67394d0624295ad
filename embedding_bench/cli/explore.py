"""`embedding-bench explore`: word vectors, word by word.

A source is a name below data/vectors (words-word2vec), a variant below data/models (its trained matrix), or the path of
such a folder.
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from embedding_bench.probing.source import Source
    from embedding_bench.probing.space import Neighbours


class Distance(StrEnum):
    """How near two vectors are."""

    cosine = "cosine"
    euclidean = "euclidean"


def _complete_source(incomplete: str) -> list[str]:
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.probing.source import list_sources

    return [name for name, _ in list_sources(Layout().data) if name.startswith(incomplete)]


SourceName = Annotated[
    str,
    typer.Argument(metavar="SOURCE", help="Vectors or a variant, or a path.", autocompletion=_complete_source),
]
Count = Annotated[int, typer.Option("-n", min=1, help="How many words.")]
DistanceOption = Annotated[Distance, typer.Option(help="Order by cosine or by Euclidean distance.")]
Root = Annotated[Path, typer.Option(help="The project's folder.")]

app = typer.Typer(
    help="Explore word vectors, word by word.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: embedding-bench explore sources")
def sources(root: Root = Path()) -> None:
    """List what can be explored."""
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.cli.output import print_pairs
    from embedding_bench.core.errors import UserError
    from embedding_bench.probing.source import list_sources

    data = Layout(root).data
    found = list_sources(data)
    if not found:
        raise UserError(f"{data}: neither vectors nor models; run `embedding-bench repro`, or name a project by --root")
    print_pairs(found, ("source", "holds"))


@app.command(epilog="Example: embedding-bench explore near words-word2vec monday -n 5")
def near(
    source: SourceName, word: str, n: Count = 10, distance: DistanceOption = Distance.cosine, root: Root = Path()
) -> None:
    """List the nearest words of a word."""
    from embedding_bench.probing.space import nearest

    opened = _open(source, root)
    row = opened.row(word)
    _show(nearest(opened.space, opened.vectors([row])[0], n, {row}, distance.value))


@app.command(epilog="Example: embedding-bench explore analogy words-word2vec king man woman")
def analogy(source: SourceName, a: str, b: str, c: str, n: Count = 10, root: Root = Path()) -> None:
    """List the words nearest to A - B + C.

    These three are left out.
    """
    from embedding_bench.probing.space import analogy as combine
    from embedding_bench.probing.space import nearest

    opened = _open(source, root)
    rows = opened.rows([a, b, c])
    target = combine(opened.vectors([rows[1], rows[0], rows[2]]))
    _show(nearest(opened.space, target, n, set(rows)))


@app.command(
    "sum",
    context_settings={"ignore_unknown_options": True},  # -1.7 is a coefficient
    epilog="Example: embedding-bench explore sum words-word2vec king -1.7 man +1.7 woman",
)
def sum_of(
    source: SourceName,
    terms: Annotated[list[str], typer.Argument(help="Words, each after its signed coefficient, if any.")],
    n: Count = 10,
    distance: DistanceOption = Distance.cosine,
    root: Root = Path(),
) -> None:
    """List the words nearest to a weighted sum."""
    import numpy as np

    from embedding_bench.probing.source import parse_terms
    from embedding_bench.probing.space import nearest

    parsed = parse_terms(terms)
    opened = _open(source, root)
    vectors = opened.vectors(opened.rows([word for _, word in parsed]))
    target = np.asarray([factor for factor, _ in parsed], np.float32) @ vectors
    _show(nearest(opened.space, target, n, distance=distance.value))


@app.command(epilog="Example: embedding-bench explore odd words-word2vec monday tuesday rain")
def odd(source: SourceName, words: list[str], root: Root = Path()) -> None:
    """List words, the odd one out first.

    Each comes with its cosine to the mean of all.
    """
    import numpy as np

    from embedding_bench.probing.space import odd_one_out

    opened = _open(source, root)
    cosines = odd_one_out(opened.vectors(opened.rows(words)))
    _show([(words[index], float(cosines[index])) for index in np.argsort(cosines, kind="stable")])


@app.command(epilog="Example: embedding-bench explore vector words-word2vec monday")
def vector(source: SourceName, word: str, root: Root = Path()) -> None:
    """Print the vector of a word."""
    opened = _open(source, root)
    print(" ".join(map(str, opened.vectors([opened.row(word)])[0])))


@app.command(epilog="Example: embedding-bench explore export words-word2vec vectors.txt")
def export(source: SourceName, path: Path, root: Root = Path()) -> None:
    """Write words and vectors as word2vec text."""
    from embedding_bench.core.errors import UserError
    from embedding_bench.vectors.formats.text import write_word2vec_text

    opened = _open(source, root)
    if path.is_dir() or not path.parent.is_dir():
        raise UserError(f"{path}: expected the path of a file, in a folder that is there")
    left_out = write_word2vec_text(path, opened.space.words, opened.space.vectors)
    note = f"; {left_out:,} with white space in them left out, which the format cannot hold" if left_out else ""
    print(f"{path}: {len(opened.space.words) - left_out:,} words{note}")


def _open(name: str, root: Path) -> "Source":
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.probing.source import open_source

    return open_source(name, Layout(root).data)


def _show(neighbours: "Neighbours") -> None:
    from embedding_bench.cli.output import print_pairs

    print_pairs([(word, f"{value:.4f}") for word, value in neighbours], ("word", "value"))
