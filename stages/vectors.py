"""vectors: read pretrained word vectors, or train them on the corpus or on other text files."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import vectors
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.settings.vectors import VECTORS, VectorSource
from embedding_bench.vectors.open_source import is_half, open_source

NOT_HASHED = {
    "fallbacks",
    "missing",
    "space",
    "vocabulary",
    "path",
    "texts",
}  # no effect on the vectors, or only their location


def make_vectors(stage: str, source: VectorSource, token_folder: Path, out: Path) -> None:
    """Write the vectors of one catalogue entry."""
    with timing.timed(stage, [out]), atomic_folder(out) as folder:
        dimensions, blocks = open_source(source, token_folder)
        origin = source.model_dump(exclude=NOT_HASHED)
        count = vectors.write(folder, blocks, dimensions, origin, is_half(source))
        composed = count - vectors.read_origin(folder)["known"]
    of_ngrams = f", {composed:,} of them composed of n-grams" if composed else ""
    log(f"{stage}: {count:,} words x {dimensions} dimensions ({source.source}){of_ngrams}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", required=True, help="a key of `vectors`")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    source = Params.read().entry(VECTORS, arguments.vectors)
    make_vectors(f"vectors@{arguments.out.name}", source, arguments.tokens, arguments.out)


if __name__ == "__main__":
    errors.run(main)
