"""The most frequent words of train, with their vectors before and after training, for the maps of words."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Positions
from embedding_bench.artifacts import corpus, embedding, model, tokens
from embedding_bench.artifacts.embedding import SPECIAL, Embedding
from embedding_bench.artifacts.layout import Layout
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.probing.affinity import usage_rates
from embedding_bench.reporting.word_map import word_map
from embedding_bench.settings.report import Report
from embedding_bench.settings.run import Variant


class FrequentWords(NamedTuple):
    """Rows of the vocabulary int64 [words], counts in train int64 [words], and rates float64 [words, classes]."""

    embedding: Embedding
    rows: Positions
    counts: Positions
    rates: npt.NDArray[np.float64]


def maps_of(layout: Layout, variants: list[Variant], settings: Report, seed: int, limit: int) -> list[dict[str, Any]]:
    """Lay out the maps of variants' `limit` most frequent words: `reporting.word_map`, with variant and counts."""
    classes = corpus.read_summary(layout.corpus)["labels"]
    most = max(settings.words, settings.labelled_words)
    counts, tasks = [], []
    for variant in variants:
        frequent = frequent_words(layout, variant.vectorizer, variant.vectors, len(classes), most)
        weights, description = model.read(layout.model(variant))
        rows = frequent.rows[:limit]
        before = model.first_matrix_of(weights, description, frequent.embedding)[rows]
        after = weights["embedding"][rows] if "embedding" in weights else None
        words = frequent.embedding.vocabulary["token"].take(rows).to_pylist()
        arguments = (words, frequent.rates[:limit], before, after, settings.method, seed)
        tasks.append(Task("maps", word_map, arguments))
        counts.append(frequent.counts[:limit].tolist())
    laid_out = zip(variants, counts, execute(tasks), strict=True)
    return [{"variant": v.name, "classes": classes, "counts": count, **layers} for v, count, layers in laid_out]


@cache  # one computation for all variants with the same embedding
def frequent_words(layout: Layout, vectorizer: str, vectors: str, classes: int, limit: int) -> FrequentWords:
    """Count the words of train, and keep the `limit` most frequent ones of an embedding's vocabulary."""
    initial = embedding.read(layout.embedding(vectorizer, vectors))
    train = tokens.read_split(layout.tokens(vectorizer), "train")
    labels = np.repeat(corpus.read_labels(layout.corpus, "train"), np.diff(train.offsets))
    token_rows = initial.remap[train.ids]
    rates = usage_rates(token_rows, labels, (initial.shape[0], classes))
    counts = np.bincount(token_rows, minlength=initial.shape[0])
    rows = len(SPECIAL) + np.argsort(-counts[len(SPECIAL) :], kind="stable")[:limit]
    return FrequentWords(initial, rows, counts[rows], rates[rows])
