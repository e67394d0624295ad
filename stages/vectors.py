"""vectors: word vectors, pretrained or trained on the corpus or on texts of one's own."""

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa

from embedding_bench.artifacts import tokens, vectors
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import whole_folder
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.vectors import (
    FastTextVectors,
    FileVectors,
    PPMIVectors,
    PretrainedVectors,
    RandomVectors,
    TrainedVectors,
    VectorSource,
    Word2VecVectors,
)
from embedding_bench.vectors.own_texts import Cutter, encode_files
from embedding_bench.vectors.sources import Blocks, fetch_gensim, halve, open_file

UNSAID = {"fallbacks", "missing", "vocabulary", "path", "texts"}  # a path is no part of what vectors are


def make_vectors(stage: str, source: VectorSource, token_folder: Path, out: Path) -> None:
    """Write the vectors of one catalogue entry."""
    with timing.timed(stage, [out]), whole_folder(out) as folder:
        blocks = open_source(source, token_folder)
        half = isinstance(source, PretrainedVectors) and source.half
        rows = halve(blocks.blocks) if half else blocks.blocks
        count = vectors.write(folder, rows, blocks.dimensions, source.model_dump(exclude=UNSAID), half)
        composed = count - vectors.read_origin(folder)["known"]
    of_ngrams = f", {composed:,} of them composed of n-grams" if composed else ""
    say(f"{stage}: {count:,} words x {blocks.dimensions} dimensions ({source.source}){of_ngrams}")


def open_source(source: VectorSource, token_folder: Path) -> Blocks:
    """Open, fetch or train the vectors."""
    if isinstance(source, RandomVectors):
        nothing = WordVectors(pa.array([], pa.string()), np.zeros((0, source.dimensions), np.float32))
        return Blocks(source.dimensions, [nothing])
    if isinstance(source, TrainedVectors):
        return train(source, token_folder)
    if isinstance(source, FileVectors):
        path, file_format = Path(source.path).expanduser(), source.format
    else:
        path, file_format = fetch_gensim(source.name), "auto"
    return open_file(path, file_format, source.limit, lambda: read_tokens(token_folder))


def train(source: Word2VecVectors | FastTextVectors | PPMIVectors, token_folder: Path) -> Blocks:
    """Train on the corpus, or on the texts that the source names."""
    words, texts = read_own(source.texts, token_folder) if source.texts else read_corpus(token_folder)
    match source:  # gensim and SciPy cost a second, which vectors from files do without
        case Word2VecVectors():
            from embedding_bench.vectors.word2vec import train_word2vec

            return Blocks(source.dimensions, [train_word2vec(words, texts, source)])
        case FastTextVectors():
            from embedding_bench.vectors.fasttext import train_fasttext

            return Blocks(source.dimensions, train_fasttext(words, texts, source, read_tokens(token_folder)))
        case PPMIVectors():
            from embedding_bench.vectors.ppmi import train_ppmi

            return Blocks(source.dimensions, [train_ppmi(words, texts, source)])


SEEN = ("train", "unlabeled")  # vectors never read the texts that they are judged on


def read_corpus(token_folder: Path) -> tuple[list[str], list[Encoded]]:
    """Read the tokens and the texts that vectors may be trained on."""
    splits = [split for split in tokens.splits(token_folder) if split in SEEN]
    return read_tokens(token_folder), [tokens.read_split(token_folder, split) for split in splits]


def read_tokens(token_folder: Path) -> list[str]:
    """Read the tokens of the corpus, in the order of their ids."""
    names: list[str] = tokens.read_lexicon(token_folder)["token"].to_pylist()
    return names


def read_own(paths: list[str], token_folder: Path) -> tuple[list[str], list[Encoded]]:
    """Read text files, cut as the corpus was."""
    words, texts = encode_files([Path(path).expanduser() for path in paths], open_tokenizer(token_folder))
    return words, [texts]


def open_tokenizer(token_folder: Path) -> Cutter:
    """Make what cut the corpus anew, into single words or characters: settings allow no own texts for others."""
    from embedding_bench.tokens.batches import (
        Tokenizer,  # TensorFlow costs seconds, which vectors of the corpus do without
    )

    return Tokenizer(tokens.read_summary(token_folder)["vectorizer"]["kind"])


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", required=True, help="a key of `vectors`")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    source = load_settings().vectors[arguments.vectors]
    make_vectors(f"vectors@{arguments.out.name}", source, arguments.tokens, arguments.out)


if __name__ == "__main__":
    errors.run(main)
