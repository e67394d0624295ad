"""vectors: word vectors, pretrained or trained on the corpus."""

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa

from stages.core import errors, settings, timing
from stages.core.artifacts import tokens, vectors
from stages.core.artifacts.files import whole_folder
from stages.core.artifacts.vectors import WordVectors
from stages.core.console import say
from stages.core.settings import FileVectors, GensimVectors, RandomVectors, VectorSource
from stages.embeddings.sources import Blocks, fetch_gensim, open_file, open_vectors


def make_vectors(stage: str, source: VectorSource, token_folder: Path, out: Path) -> None:
    """Write the vectors of one catalogue entry."""
    with timing.timed(stage, [out]), whole_folder(out) as folder:
        blocks = open_source(source, token_folder)
        origin = source.model_dump(exclude={"fallbacks", "missing", "vocabulary", "path"})
        count = vectors.write(folder, blocks.blocks, blocks.dimensions, origin)
    say(f"{stage}: {count:,} words x {blocks.dimensions} dimensions ({source.source})")


def open_source(source: VectorSource, token_folder: Path) -> Blocks:
    """Open, fetch or train the vectors."""
    if isinstance(source, RandomVectors):
        nothing = WordVectors(pa.array([], pa.string()), np.zeros((0, source.dimensions), np.float32))
        return Blocks(source.dimensions, [nothing])
    if isinstance(source, GensimVectors):
        return open_file(fetch_gensim(source.name))
    if isinstance(source, FileVectors):
        return open_vectors(source)
    from stages.embeddings.word2vec import train_word2vec  # gensim costs a second, which files do without

    words = tokens.read_lexicon(token_folder)["token"].to_pylist()
    splits = [tokens.read_split(token_folder, split) for split in tokens.splits(token_folder)]
    trained = [split for name, split in zip(tokens.splits(token_folder), splits, strict=True) if name in SEEN]
    return Blocks(source.dimensions, [train_word2vec(words, trained, source)])


SEEN = ("train", "unlabeled")  # vectors never read the texts that they are judged on


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", required=True, help="a key of `vectors`")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    source = settings.load().vectors[arguments.vectors]
    make_vectors(f"vectors@{arguments.out.name}", source, arguments.tokens, arguments.out)


if __name__ == "__main__":
    errors.run(main)
