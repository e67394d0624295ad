"""A random sample of texts, for vectors that would take too long on all."""

import numpy as np

from embedding_bench.arrays import ranges
from embedding_bench.artifacts.tokens import Encoded


def draw_texts(splits: list[Encoded], most: int | None, seed: int) -> list[Encoded]:
    """Draw `most` texts from all splits without replacement, in their order; None: keep all."""
    total = sum(map(len, splits))
    if most is None or most >= total:
        return splits
    chosen = np.sort(np.random.default_rng(seed).choice(total, most, replace=False, shuffle=False))
    drawn, start = [], 0
    for ids, offsets in splits:
        end = start + len(offsets) - 1
        texts = chosen[(chosen >= start) & (chosen < end)] - start
        lengths = offsets[texts + 1] - offsets[texts]
        drawn.append(Encoded(ids[ranges(offsets[texts], lengths)], np.concatenate([[0], np.cumsum(lengths)])))
        start = end
    return drawn
