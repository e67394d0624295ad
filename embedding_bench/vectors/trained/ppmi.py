"""Word vectors by SVD of positive pointwise mutual information (PPMI; Levy, Goldberg & Dagan, 2015)."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigsh

from embedding_bench.arrays import Integers, Positions
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.settings.vectors import PPMIVectors

BLOCK = 1_000_000  # tokens; bounds the pairs in memory
NOISE = 1e-12  # of the largest squared singular value; less is rounding error of a matrix of lower rank


def train_ppmi(tokens: list[str], splits: list[Encoded], settings: PPMIVectors) -> WordVectors:
    """Count co-occurrences, compute PPMI and factorise it: word vectors float32, the most frequent word first.

    The result is deterministic.

    Raises:
        UserError: There are no more words than dimensions, or no pair co-occurs more often than by chance.
    """
    texts = ", ".join(settings.texts) or "train + unlabeled"
    vocabulary = frequent_ids(splits, len(tokens), settings.min_count)
    if len(vocabulary) <= settings.dimensions:
        raise UserError(
            f"vectors: {len(vocabulary):,} tokens occur {settings.min_count} times in {texts}, `dimensions` is "
            f"{settings.dimensions}; lower `dimensions` below the number of tokens, or `min_count`"
        )
    rows = np.full(len(tokens), -1, dtype=np.int32)
    rows[vocabulary] = np.arange(len(vocabulary), dtype=np.int32)
    counts = count_cooccurrences(splits, rows, len(vocabulary), settings.window)
    weights = positive_pmi(counts, settings.smoothing)
    if not weights.nnz:
        raise UserError(f"vectors: no two tokens of {texts} are neighbours more often than by chance; use word2vec")
    words = pa.array([tokens[token_id] for token_id in vocabulary.tolist()], pa.string())
    return WordVectors(words, factorise(weights, settings.dimensions, settings.seed).astype(np.float32))


def frequent_ids(splits: list[Encoded], size: int, min_count: int) -> Positions:
    """Return the ids that occur at least `min_count` times, by descending count: int64."""
    counts = np.zeros(size, dtype=np.int64)
    for ids, _ in splits:
        for start in range(0, len(ids), BLOCK):
            counts += np.bincount(ids[start : start + BLOCK], minlength=size)
    order: Positions = np.argsort(-counts, kind="stable")
    return order[: int((counts >= min_count).sum())]


def count_cooccurrences(splits: list[Encoded], rows: Integers, size: int, window: int) -> sparse.csr_array:
    """Count the pairs of tokens within `window` of each other in the same text: symmetric, int32 [size, size].

    `rows` int32 [ids] maps ids to matrix rows. Ids with row -1 are removed before windows are applied, as in word2vec.
    """
    total = sparse.csr_array((size, size), dtype=np.int32)
    blocks = _blocks(splits, rows)
    for counts in execute(Task("ppmi", count_pairs, (*block, size, window)) for block in blocks):
        total = total + counts
    return total + total.T.tocsr()


def count_pairs(tokens: Integers, texts: Integers, size: int, window: int) -> sparse.csr_array:
    """Count in one block how often a token, by row, has another one after it: int32 [size, size]."""
    words, contexts = [tokens[:0]], [tokens[:0]]
    for distance in range(1, min(window, len(tokens) - 1) + 1):
        same_text = texts[:-distance] == texts[distance:]
        words.append(tokens[:-distance][same_text])
        contexts.append(tokens[distance:][same_text])
    pairs = (np.concatenate(words), np.concatenate(contexts))
    return sparse.coo_array((np.ones(len(pairs[0]), np.int32), pairs), shape=(size, size)).tocsr()


def _blocks(splits: list[Encoded], rows: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Yield blocks of whole texts: the matrix row of each token that has one, and its text's index in the block."""
    for ids, offsets in splits:
        cuts = np.unique([*np.searchsorted(offsets, np.arange(0, len(ids), BLOCK)), len(offsets) - 1])
        for start, end in pairwise(cuts.tolist()):
            tokens = rows[ids[offsets[start] : offsets[end]]]
            texts = np.repeat(np.arange(end - start, dtype=np.int32), np.diff(offsets[start : end + 1]))
            yield tokens[tokens >= 0], texts[tokens >= 0]


def positive_pmi(counts: sparse.csr_array, smoothing: float) -> sparse.csr_array:
    """Return max(0, log(p(word, context) / (p(word) p(context)))), with context counts raised to `smoothing`."""
    sums = np.asarray(counts.sum(axis=1), dtype=np.float64)
    smoothed = sums**smoothing
    with np.errstate(divide="ignore", invalid="ignore"):  # of words without neighbours, which have no entry
        log_words, log_contexts = np.log(sums), np.log(smoothed / smoothed.sum())
    data = np.log(counts.data) - np.repeat(log_words, np.diff(counts.indptr)) - log_contexts[counts.indices]
    weights = sparse.csr_array((np.maximum(data, 0), counts.indices, counts.indptr), shape=counts.shape, copy=True)
    weights.eliminate_zeros()
    return weights


def factorise(weights: sparse.csr_array, dimensions: int, seed: int) -> npt.NDArray[np.float64]:
    """Return U sqrt(S) of the truncated SVD, largest singular value first: float64 [rows, dimensions]."""
    left, squares = _left_singular(weights, dimensions, seed)
    peaks = np.abs(left).argmax(axis=0)
    left = left * np.where(left[peaks, np.arange(dimensions)] < 0, -1, 1)  # signs are arbitrary; fix them
    # The root of the singular values did better in Levy et al., 2015: the values let the few largest dominate.
    coordinates: npt.NDArray[np.float64] = left * squares**0.25
    return coordinates


def _left_singular(
    weights: sparse.csr_array, dimensions: int, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the left singular vectors [rows, dimensions] and squared singular values [dimensions], largest first.

    They are the eigenpairs of weights @ weights.T, as in `svds`, which fills in random vectors where the rank is low.
    """
    transposed = weights.T.tocsr()
    gram = LinearOperator((weights.shape[0],) * 2, matvec=lambda x: weights @ (transposed @ x), dtype=np.float64)
    start = np.random.default_rng(seed).uniform(-1, 1, weights.shape[0])
    values, left = eigsh(gram, k=dimensions, v0=start, rng=seed)  # small products: two threads take 17 times as long
    order = np.argsort(-values, kind="stable")
    values, left = values[order], left[:, order]
    return left, np.where(values > values[0] * NOISE, values, 0)
