"""word2vec (Mikolov et al., 2013) trained by gensim."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from gensim.models import Word2Vec

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.settings.vectors import PredictiveVectors, Word2VecVectors


class Sentences:
    """The texts of some splits as lists of tokens; iterable repeatedly, as gensim reads them once per epoch."""

    def __init__(self, tokens: list[str], splits: list[Encoded]) -> None:
        self.tokens = np.asarray(tokens, dtype=object)
        self.splits = splits

    def __iter__(self) -> Iterator[list[str]]:
        for ids, offsets in self.splits:
            for start, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
                yield self.tokens[ids[start:end]].tolist()


def train_word2vec(tokens: list[str], splits: list[Encoded], settings: Word2VecVectors) -> WordVectors:
    """Train on `splits`; with one worker, the same settings give bit-identical vectors.

    Raises:
        UserError: No token reaches `min_count`.
    """
    model = Word2Vec(**gensim_arguments(settings))
    train(model, Sentences(tokens, splits), settings)
    return WordVectors(pa.array(model.wv.index_to_key, pa.string()), model.wv.vectors)


def gensim_arguments(settings: PredictiveVectors) -> dict[str, Any]:
    """Translate the settings into gensim's arguments."""
    return {
        "vector_size": settings.dimensions,
        "sg": int(settings.algorithm == "skipgram"),
        "hs": int(settings.negative == 0),
        "window": settings.window,
        "negative": settings.negative,
        "min_count": settings.min_count,
        "sample": settings.sample,
        "seed": settings.seed,
        "workers": settings.workers,
        "epochs": settings.epochs,
    }


def train(model: Word2Vec, sentences: Sentences, settings: PredictiveVectors) -> None:
    """Build the vocabulary and train.

    Raises:
        UserError: No token reaches `min_count`.
    """
    model.build_vocab(sentences)
    if not len(model.wv):
        texts = ", ".join(settings.texts) or "train + unlabeled"
        raise UserError(f"vectors: no token occurs {settings.min_count} times in {texts}; lower `min_count`")
    model.train(sentences, total_examples=model.corpus_count, epochs=settings.epochs)
