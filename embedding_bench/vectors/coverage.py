"""How much of the corpus has a vector of its own."""

from typing import Any

import numpy as np
import pyarrow as pa

from embedding_bench.artifacts.embedding import UNKNOWN, Embedding
from embedding_bench.vectors.matrix import FALLBACKS, MISSING


def measure_coverage(lexicon: pa.Table, splits: list[str], embedding: Embedding) -> dict[str, Any]:
    """Measure shares by type (different tokens) and by token (occurrences), for each split.

    `found` has a vector, `by_match` says how (exact, or by which fallback), `in_vocabulary` has a row at all.
    `missing_words` lists the tokens without a vector, the most frequent in train and unlabeled first.
    """
    match = np.asarray(embedding.vocabulary["match"].to_pylist(), dtype=object)[embedding.remap]
    words = embedding.vocabulary["token"].to_pylist()
    for place, (token, row) in enumerate(zip(lexicon["token"].to_pylist(), embedding.remap, strict=True)):
        if row != UNKNOWN and words[row] != token:  # own vocabulary: the token came to the word by a fallback
            match[place] = next(name for name, change in FALLBACKS.items() if change(token) == words[row])
    known = embedding.remap != UNKNOWN
    found = known & (match != MISSING)
    shares = {}
    for split in splits:
        counts = lexicon[split].to_numpy()
        present = counts > 0
        shares[split] = {
            "types": _shares(present.astype(np.int64), known, found, match),
            "tokens": _shares(counts, known, found, match),
        }
    return {"splits": shares, "missing_words": _missing_words(lexicon, found)}


def _shares(weights: np.ndarray, known: np.ndarray, found: np.ndarray, match: np.ndarray) -> dict[str, Any]:
    total = max(int(weights.sum()), 1)
    names = sorted(set(match[found]))
    return {
        "total": int(weights.sum()),
        "in_vocabulary": round(float(weights[known].sum() / total), 6),
        "found": round(float(weights[found].sum() / total), 6),
        "by_match": {name: round(float(weights[found & (match == name)].sum() / total), 6) for name in names},
    }


def _missing_words(lexicon: pa.Table, found: np.ndarray) -> list[dict[str, Any]]:
    rows = np.flatnonzero(~found)[:1000]  # the lexicon stands by falling count
    table = lexicon.select(["token", "count"]).take(pa.array(rows))
    listed: list[dict[str, Any]] = table.to_pylist()
    return listed
