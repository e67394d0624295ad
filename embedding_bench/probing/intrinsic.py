"""Intrinsic measures of every source of vectors and of every fine-tuned variant."""

from pathlib import Path
from typing import Any

import numpy as np

from embedding_bench.arrays import Matrix, Positions
from embedding_bench.artifacts import embedding, model, tokens, vectors
from embedding_bench.artifacts.embedding import SPECIAL, Embedding
from embedding_bench.artifacts.layout import Layout
from embedding_bench.probing.drift import describe_drift
from embedding_bench.probing.measures import measure
from embedding_bench.probing.question_sets import Sets
from embedding_bench.probing.space import Space
from embedding_bench.settings.intrinsic import Intrinsic
from embedding_bench.settings.run import Run

SUMMARISED = {"analogies": ("accuracy", "asked"), "similarity": ("rho", "covered")}
DISTANCES = ("cosine", "euclidean")


def measure_vectors(run: Run, settings: Intrinsic, sets: Sets, layout: Layout) -> dict[str, Any]:
    """Measure each source of vectors on its own words; random ones have none."""
    measured = {}
    for vectorizer in run.vectorizers:
        for source in run.vectors:
            folder = layout.vectors(vectorizer, source)
            word_vectors = vectors.read(folder)
            if len(word_vectors.words):
                space = Space(word_vectors.words.to_pylist(), word_vectors.vectors)
                measured[folder.name] = measure(space, sets, settings.words)
    return measured


def measure_variants(run: Run, settings: Intrinsic, sets: Sets, layout: Layout) -> dict[str, Any]:
    """Measure each fine-tuned variant before and after training, on the same words."""
    measured = {}
    for variant in [cell for cell in run.cells if model.exists(layout.model(cell))]:
        weights, description = model.read(layout.model(variant))
        if "embedding" in weights:  # frozen variants keep no matrix
            start = embedding.read(layout.embedding(variant.vectorizer, variant.vectors))
            counts = train_counts(start, layout.tokens(variant.vectorizer))
            before = model.first_matrix_of(weights, description, start)
            measured[variant.name] = measure_tuning(settings, sets, start, counts, before, weights["embedding"])
    return measured


def measure_tuning(
    settings: Intrinsic, sets: Sets, start: Embedding, counts: Positions, before: Matrix, after: Matrix
) -> dict[str, Any]:
    """Measure a matrix float32 [vocabulary, dimensions] before and after training, and how far its rows moved.

    `counts` int64 [vocabulary] are the occurrences in train.
    """
    first = len(SPECIAL)
    words, before, after = start.vocabulary["token"].to_pylist()[first:], before[first:], after[first:]
    return {
        "before": measure(Space(words, before), sets, settings.words),
        "after": measure(Space(words, after), sets, settings.words),
        "drift": describe_drift(words, counts[first:], before, after, settings.drift),
    }


def train_counts(start: Embedding, token_folder: Path) -> Positions:
    """Count the occurrences in train of each row of the vocabulary: int64 [vocabulary].

    The vocabulary's own counts include the unlabeled texts, from which training learns nothing.
    """
    counts = tokens.read_lexicon(token_folder)["train"].to_numpy()
    return np.bincount(start.remap, weights=counts, minlength=start.shape[0]).astype(np.int64)


def summarise(measured: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Reduce measures to the values that Git keeps, each with the number of questions behind it.

    They are in lists: `dvc metrics` and `dvc exp show` would make a column of each value otherwise.
    """
    return {
        "vectors": [{"vectors": name, **_values(entry)} for name, entry in measured["vectors"].items()],
        "finetuned": [
            {
                "variant": variant,
                **{when: _values(entry[when]) for when in ("before", "after")},
                "drift": {name: entry["drift"][name] for name in DISTANCES if name in entry["drift"]},
            }
            for variant, entry in measured["finetuned"].items()
        ],
    }


def _values(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: result[key] for key in keys if key in result}
        for kind, keys in SUMMARISED.items()
        for name, result in entry[kind].items()
    }
