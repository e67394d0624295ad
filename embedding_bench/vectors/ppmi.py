"""Positive pointwise mutual information of neighbouring words, and its SVD (Levy, Goldberg & Dagan, 2015)."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigsh
from threadpoolctl import threadpool_limits

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.settings.vectors import PPMIVectors

BLOCK = 1_000_000  # tokens whose pairs lie in memory at once
NOISE = 1e-12  # of the largest squared singular value: less is rounding, where the rank is below the dimensions


def train_ppmi(tokens: list[str], splits: list[Encoded], settings: PPMIVectors) -> WordVectors:
    """Count, weigh and factorise; the most frequent word first. The same settings give the same vectors.

    Raises:
        UserError: There are too few words, or no two of them are neighbours more often than by chance.
    """
    where = ", ".join(settings.texts) or "train + unlabeled"
    chosen = frequent(splits, len(tokens), settings.min_count)
    if len(chosen) <= settings.dimensions:
        raise UserError(
            f"vectors: {len(chosen):,} tokens occur {settings.min_count} times in {where}, `dimensions` is "
            f"{settings.dimensions}; lower `dimensions` below the number of tokens, or `min_count`"
        )
    numbers = np.full(len(tokens), -1, dtype=np.int32)
    numbers[chosen] = np.arange(len(chosen), dtype=np.int32)
    weights = weigh(count_neighbours(splits, numbers, len(chosen), settings.window), settings.smoothing)
    if not weights.nnz:
        raise UserError(f"vectors: no two tokens of {where} are neighbours more often than by chance; use word2vec")
    words = pa.array([tokens[place] for place in chosen.tolist()], pa.string())
    return WordVectors(words, factorise(weights, settings.dimensions, settings.seed).astype(np.float32))


def frequent(splits: list[Encoded], size: int, min_count: int) -> npt.NDArray[np.int64]:
    """Choose the ids that occur at least `min_count` times, by falling count."""
    counts = np.zeros(size, dtype=np.int64)
    for ids, _ in splits:
        for start in range(0, len(ids), BLOCK):
            counts += np.bincount(ids[start : start + BLOCK], minlength=size)
    order: npt.NDArray[np.int64] = np.argsort(-counts, kind="stable")
    return order[: int((counts >= min_count).sum())]


def count_neighbours(splits: list[Encoded], numbers: npt.NDArray[np.int32], size: int, window: int) -> sparse.csr_array:
    """Count pairs of tokens within `window` in the same text, both ways: int32 [size, size].

    `numbers` has the row of each id; ids with -1 are dropped before windows are laid, as word2vec does.
    """
    total = sparse.csr_array((size, size), dtype=np.int32)
    for ids, texts in _blocks(splits, numbers):
        firsts, seconds = [], []
        for distance in range(1, min(window, len(ids) - 1) + 1):
            together = texts[:-distance] == texts[distance:]
            firsts.append(ids[:-distance][together])
            seconds.append(ids[distance:][together])
        if firsts:
            pairs = (np.concatenate(firsts), np.concatenate(seconds))
            ones = np.ones(len(pairs[0]), dtype=np.int32)
            total = total + sparse.coo_array((ones, pairs), shape=(size, size)).tocsr()
    return total + total.T.tocsr()


def _blocks(
    splits: list[Encoded], numbers: npt.NDArray[np.int32]
) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]]:
    """Yield blocks of whole texts: the row of each token that is kept, and the number of its text in the block."""
    for ids, offsets in splits:
        cuts = np.unique([*np.searchsorted(offsets, np.arange(0, len(ids), BLOCK)), len(offsets) - 1])
        for start, end in pairwise(cuts.tolist()):
            rows = numbers[ids[offsets[start] : offsets[end]]]
            texts = np.repeat(np.arange(end - start, dtype=np.int32), np.diff(offsets[start : end + 1]))
            yield rows[rows >= 0], texts[rows >= 0]


def weigh(counts: sparse.csr_array, smoothing: float) -> sparse.csr_array:
    """Turn counts into max(0, log p(word, context) / (p(word) p(context))), contexts' counts raised to `smoothing`."""
    sums = np.asarray(counts.sum(axis=1), dtype=np.float64)
    smoothed = sums**smoothing
    with np.errstate(divide="ignore", invalid="ignore"):  # a word without neighbours is in no pair
        words, contexts = np.log(sums), np.log(smoothed / smoothed.sum())
    data = np.log(counts.data) - np.repeat(words, np.diff(counts.indptr)) - contexts[counts.indices]
    weights = sparse.csr_array((np.maximum(data, 0), counts.indices, counts.indptr), shape=counts.shape, copy=True)
    weights.eliminate_zeros()
    return weights


def factorise(weights: sparse.csr_array, dimensions: int, seed: int) -> npt.NDArray[np.float64]:
    """Give each row its coordinates on the largest singular vectors: float64 [rows, dimensions], the largest first."""
    left, squares = _left_singular(weights, dimensions, seed)
    largest = np.abs(left).argmax(axis=0)
    left = left * np.where(left[largest, np.arange(dimensions)] < 0, -1, 1)  # the sign of a singular vector is free
    # Weighted by the values themselves, the few largest drown the rest; their root did better in Levy et al., 2015.
    coordinates: npt.NDArray[np.float64] = left * squares**0.25
    return coordinates


def _left_singular(
    weights: sparse.csr_array, dimensions: int, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Find the left singular vectors [rows, dimensions] and their squared values, the largest first.

    By the eigenvectors of weights @ weights.T: `svds` does the same, but draws anew where the rank is low.
    """
    turned = weights.T.tocsr()
    square = LinearOperator((weights.shape[0],) * 2, matvec=lambda x: weights @ (turned @ x), dtype=np.float64)
    start = np.random.default_rng(seed).uniform(-1, 1, weights.shape[0])
    with threadpool_limits(1):  # the steps are small: where one thread takes 0.8 s, two took 14
        values, left = eigsh(square, k=dimensions, v0=start, rng=seed)
    order = np.argsort(-values, kind="stable")
    values, left = values[order], left[:, order]
    return left, np.where(values > values[0] * NOISE, values, 0)
