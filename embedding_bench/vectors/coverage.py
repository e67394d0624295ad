"""Vector coverage of the corpus, by type and by token."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from embedding_bench.arrays import Positions
from embedding_bench.artifacts.embedding import UNKNOWN, Embedding
from embedding_bench.vectors.matrix import FALLBACKS, MISSING

MOST_LISTED = 1000  # missing words

Flags = npt.NDArray[np.bool_]


def measure_coverage(lexicon: pa.Table, splits: list[str], embedding: Embedding) -> dict[str, Any]:
    """Measure the covered share of types (distinct tokens) and of tokens (occurrences) in each split.

    `in_vocabulary` is the share with a matrix row, `found` the share with a vector, and `by_match` splits the latter by
    match: exact, a fallback or n-grams. `missing_words` lists tokens without a vector, in the lexicon's order: the most
    frequent in train and unlabeled first.
    """
    match = np.asarray(embedding.vocabulary["match"].to_pylist(), dtype=object)[embedding.remap]
    words = embedding.vocabulary["token"].to_pylist()
    for position, (token, row) in enumerate(zip(lexicon["token"].to_pylist(), embedding.remap, strict=True)):
        if row != UNKNOWN and words[row] != token:  # own vocabulary: a fallback mapped the token to the word
            match[position] = next(name for name, fallback in FALLBACKS.items() if fallback(token) == words[row])
    in_vocabulary = embedding.remap != UNKNOWN
    covered = in_vocabulary & (match != MISSING)
    shares = {}
    for split in splits:
        counts = lexicon[split].to_numpy()
        present = counts > 0
        shares[split] = {
            "types": _shares(present.astype(np.int64), in_vocabulary, covered, match),
            "tokens": _shares(counts, in_vocabulary, covered, match),
        }
    return {"splits": shares, "missing_words": _missing_words(lexicon, covered)}


def _shares(weights: Positions, in_vocabulary: Flags, covered: Flags, match: npt.NDArray[np.object_]) -> dict[str, Any]:
    total = max(int(weights.sum()), 1)
    names = sorted(set(match[covered]))
    return {
        "total": int(weights.sum()),
        "in_vocabulary": round(float(weights[in_vocabulary].sum() / total), 6),
        "found": round(float(weights[covered].sum() / total), 6),
        "by_match": {name: round(float(weights[covered & (match == name)].sum() / total), 6) for name in names},
    }


def _missing_words(lexicon: pa.Table, covered: Flags) -> list[dict[str, Any]]:
    positions = np.flatnonzero(~covered)[:MOST_LISTED]  # the lexicon is sorted by descending count
    records: list[dict[str, Any]] = lexicon.select(["token", "count"]).take(pa.array(positions)).to_pylist()
    return records
