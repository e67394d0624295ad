"""embed: build the embedding matrix for one vocabulary and one source of vectors."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import embedding, tokens, vectors
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.settings.vectors import VECTORS, VectorSource
from embedding_bench.settings.vocabulary import VOCABULARY, VocabularySettings
from embedding_bench.vectors.coverage import measure_coverage
from embedding_bench.vectors.matrix import build_embedding


def embed(
    stage: str, source: VectorSource, vocabulary: VocabularySettings, token_folder: Path, vector_folder: Path, out: Path
) -> None:
    """Write the vocabulary, the rows that have a vector, and the coverage."""
    with timing.timed(stage, [out]), atomic_folder(out) as folder:
        lexicon = tokens.read_lexicon(token_folder)
        built = build_embedding(lexicon, source, vectors.read(vector_folder), vocabulary)
        coverage = measure_coverage(lexicon, tokens.splits(token_folder), built)
        embedding.write(folder, built, coverage)
    shares = coverage["splits"]["test"]["tokens"]
    log(
        f"{stage}: {built.shape[0]:,} rows x {built.shape[1]}, {len(built.rows):,} from vectors; "
        f"{shares['found']:.1%} of test tokens have a vector, {shares['in_vocabulary']:.1%} have a row"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True, help="a key of `vectors`")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    params = Params.read()
    source, vocabulary = params.entry(VECTORS, arguments.source), params.section(VOCABULARY)
    embed(f"embed@{arguments.out.name}", source, vocabulary, arguments.tokens, arguments.vectors, arguments.out)


if __name__ == "__main__":
    errors.run(main)
