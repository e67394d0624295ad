"""A catalogue entry of `vectors` -> its words and vectors: random, trained here, or pretrained."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from embedding_bench.artifacts import tokens
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.settings.vectors import (
    FastTextVectors,
    FileVectors,
    GensimVectors,
    PPMIVectors,
    PretrainedVectors,
    RandomVectors,
    TrainedVectors,
    VectorSource,
    Word2VecVectors,
)
from embedding_bench.vectors.formats.dispatch import VectorBlocks, open_vectors
from embedding_bench.vectors.pretrained import fetch_gensim, to_float16
from embedding_bench.vectors.trained.drawing import draw_texts
from embedding_bench.vectors.trained.own_texts import encode_files

SEEN = ("train", "unlabeled")  # vectors never read the texts that they are evaluated on


def open_source(source: VectorSource, token_folder: Path) -> VectorBlocks:
    """Open, fetch or train vectors; they are read, and fastText's composed, as the blocks are iterated over.

    Raises:
        UserError: A file cannot be read, a download failed, or there are too few texts to train on.
    """
    if isinstance(source, RandomVectors):
        nothing = WordVectors(pa.array([], pa.string()), np.zeros((0, source.dimensions), np.float32))
        return VectorBlocks(source.dimensions, [nothing])
    if isinstance(source, TrainedVectors):
        return _train(source, token_folder)
    opened = _open_pretrained(source, token_folder)
    return opened._replace(blocks=to_float16(opened.blocks)) if source.half else opened


def is_half(source: VectorSource) -> bool:
    """Tell whether the source is kept as float16."""
    return isinstance(source, PretrainedVectors) and source.half


def _open_pretrained(source: GensimVectors | FileVectors, token_folder: Path) -> VectorBlocks:
    if isinstance(source, FileVectors):
        path, file_format = Path(source.path).expanduser(), source.format
    else:
        path, file_format = fetch_gensim(source.name), "auto"
    return open_vectors(path, file_format, source.limit, lambda: _lexicon(token_folder))


def _train(source: Word2VecVectors | FastTextVectors | PPMIVectors, token_folder: Path) -> VectorBlocks:
    """Train on the corpus, or on the text files of the source."""
    if isinstance(source, PPMIVectors):
        from embedding_bench.vectors.trained.ppmi import train_ppmi  # SciPy takes a second

        return VectorBlocks(source.dimensions, [train_ppmi(*_texts(source.texts, token_folder), source)])
    files = [Path(path).expanduser() for path in source.texts]
    (blocks,) = execute([Task("vectors", train_predictive, (source,), (token_folder, *files))])
    return VectorBlocks(source.dimensions, blocks)


def train_predictive(source: Word2VecVectors | FastTextVectors, token_folder: Path, *files: Path) -> list[WordVectors]:
    """Train by gensim on the corpus, or on text files."""
    words, texts = _texts(list(map(str, files)), token_folder)
    texts = draw_texts(texts, source.max_texts, source.seed)
    if isinstance(source, Word2VecVectors):
        from embedding_bench.vectors.trained.word2vec import train_word2vec

        return [train_word2vec(words, texts, source)]
    from embedding_bench.vectors.trained.fasttext import train_fasttext

    return list(train_fasttext(words, texts, source, _lexicon(token_folder)))


def _texts(files: list[str], token_folder: Path) -> tuple[list[str], list[Encoded]]:
    return _own_texts(files, token_folder) if files else _corpus(token_folder)


def _corpus(token_folder: Path) -> tuple[list[str], list[Encoded]]:
    splits = [split for split in tokens.splits(token_folder) if split in SEEN]
    return _lexicon(token_folder), [tokens.read_split(token_folder, split) for split in splits]


def _lexicon(token_folder: Path) -> list[str]:
    """Read the tokens of the corpus, in the order of their ids."""
    names: list[str] = tokens.read_lexicon(token_folder)["token"].to_pylist()
    return names


def _own_texts(paths: list[str], token_folder: Path) -> tuple[list[str], list[Encoded]]:
    """Read text files, split into words or characters as the corpus was; settings allow no other vectorizers here."""
    from embedding_bench.tokens.batches import Tokenizer  # TensorFlow takes seconds, which other sources do not need

    tokenizer = Tokenizer(tokens.read_summary(token_folder)["vectorizer"]["kind"])
    words, texts = encode_files([Path(path).expanduser() for path in paths], tokenizer)
    return words, [texts]
