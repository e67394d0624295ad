"""Inputs of the benchmarks: the sample corpus, or a real one with a prepared copy."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from embedding_bench.artifacts import corpus, tokens
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.datasets import SampleDataset
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.settings.vectors import NormalRows, RandomVectors, UniformRows, Word2VecVectors
from embedding_bench.settings.vocabulary import VocabularySettings
from embedding_bench.vectors.matrix import build_embedding
from embedding_bench.vectors.trained.word2vec import train_word2vec
from stages.download import download
from stages.vectorize import vectorize

VOCABULARY, DIMENSIONS = 30_000, 100
SAMPLE = {"train": 30_000, "validation": 3_000, "test": 5_000, "unlabeled": 0}


class Input(NamedTuple):
    """The texts and labels of a corpus by split, with the pipeline's tokens and lexicon."""

    name: str
    texts: dict[str, list[str]]
    labels: dict[str, npt.NDArray[np.int32]]
    encoded: dict[str, Encoded]
    lexicon: pa.Table


def read_input(name: str, scratch: Path) -> Input:
    """Build and encode the corpus of a catalogue entry; the sample corpus is enlarged."""
    dataset = load_settings().datasets[name]
    if isinstance(dataset, SampleDataset):
        dataset = dataset.model_copy(update=SAMPLE)
    folder, token_folder = scratch / "corpus", scratch / "tokens"
    download(name, dataset, Path("none"), folder)
    vectorize("words", Vectorizer(kind="words"), folder, token_folder)
    return Input(
        name,
        {
            split: [text for batch in corpus.read_texts(folder, split) for text in batch.to_pylist()]
            for split in LABELLED
        },
        {split: corpus.read_labels(folder, split) for split in LABELLED},
        {split: tokens.read_split(token_folder, split) for split in LABELLED},
        tokens.read_lexicon(token_folder),
    )


@contextmanager
def chosen_input(doc: str | None) -> Iterator[Input]:
    """Read the corpus that the command line names; its files are removed with the context."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--dataset", default="sample", help="a key of `datasets`")
    dataset = parser.parse_args().dataset
    with tempfile.TemporaryDirectory() as scratch:
        yield read_input(dataset, Path(scratch))


def learned_embedding(data: Input) -> Embedding:
    """Build an embedding of random vectors for the most frequent words."""
    random = RandomVectors(source="random", dimensions=DIMENSIONS, missing=UniformRows(policy="uniform", limit=0.05))
    nothing = WordVectors(pa.array([], pa.string()), np.zeros((0, DIMENSIONS), np.float32))
    return build_embedding(data.lexicon, random, nothing, VocabularySettings(size=VOCABULARY, min_count=1))


def word2vec_embedding(data: Input) -> Embedding:
    """Build an embedding of word2vec vectors, trained on the train texts, for the most frequent words."""
    source = Word2VecVectors(
        source="word2vec",
        dimensions=DIMENSIONS,
        algorithm="skipgram",
        window=5,
        negative=5,
        epochs=3,
        min_count=2,
        sample=0.001,
        seed=1,
        missing=NormalRows(policy="normal", sd=0.1),
    )
    trained = train_word2vec(data.lexicon["token"].to_pylist(), [data.encoded["train"]], source)
    return build_embedding(data.lexicon, source, trained, VocabularySettings(size=VOCABULARY, min_count=1))


def rows_of(data: Input, embedding: Embedding) -> dict[str, Encoded]:
    """Encode the texts as rows of the embedding matrix."""
    return {s: Encoded(embedding.remap[encoded.ids], encoded.offsets) for s, encoded in data.encoded.items()}


def head(encoded: Encoded, texts: int | None) -> Encoded:
    """Return the first texts, or all."""
    if texts is None:
        return encoded
    return Encoded(encoded.ids[: encoded.offsets[texts]], encoded.offsets[: texts + 1])
