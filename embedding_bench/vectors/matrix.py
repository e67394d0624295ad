"""Vocabulary and vectors of the embedding matrix, and the map from lexicon to matrix rows."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from embedding_bench.arrays import Matrix, Positions
from embedding_bench.artifacts.embedding import SPECIAL, UNKNOWN, Embedding
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.settings.vectors import Vectors
from embedding_bench.settings.vocabulary import VocabularySettings

FALLBACKS: dict[str, Callable[[str], str]] = {"lower": str.lower, "title": str.title, "upper": str.upper}
EXACT, NGRAMS, MISSING = "exact", "ngrams", "missing"
BLOCK = 10_000  # rows


def build_embedding(
    lexicon: pa.Table, source: Vectors, word_vectors: WordVectors, vocabulary: VocabularySettings
) -> Embedding:
    """Choose the vocabulary, look its tokens up among the word vectors, and map the lexicon to its rows.

    Raises:
        UserError: The vocabulary would be empty.
    """
    tokens = lexicon["token"].to_pylist()
    entries = _vocabulary(tokens, lexicon["count"].to_numpy(), source, word_vectors, vocabulary)
    chosen = [token for token, _ in entries]
    positions, match = _look_up(chosen, word_vectors.words, word_vectors.known, source.fallbacks)
    matched = np.flatnonzero(positions >= 0)
    rows = (matched + len(SPECIAL)).astype(np.int32)
    vectors = _gather(word_vectors, positions[matched])
    names = [*SPECIAL, *chosen]
    table = pa.table(
        {
            "token": pa.array(names, pa.string()),
            "count": pa.array([0, 0, *(count for _, count in entries)], pa.int64()),
            "match": pa.array([MISSING, MISSING, *match]).dictionary_encode(),
        }
    )
    fallbacks = source.fallbacks if source.vocabulary == "own" else []
    aliases = _aliases(names, tokens, fallbacks)
    row_of = {token: row for row, token in enumerate(names) if row >= len(SPECIAL)} | aliases
    remap = np.fromiter((row_of.get(token, UNKNOWN) for token in tokens), np.int32, len(tokens))
    alias_table = pa.table(
        {"token": pa.array(list(aliases), pa.string()), "row": pa.array(list(aliases.values()), pa.int32())}
    )
    return Embedding(table, remap, rows, vectors, source.missing.model_dump(), alias_table)


def _vocabulary(
    tokens: list[str], counts: Positions, source: Vectors, word_vectors: WordVectors, vocabulary: VocabularySettings
) -> list[tuple[str, int]]:
    """Return the tokens of the vocabulary in the order of their rows, with their counts."""
    if source.vocabulary == "own":
        entries = _own_vocabulary(word_vectors, dict(zip(tokens, counts.tolist(), strict=True)), source.fallbacks)
        if not entries:
            raise UserError("vectors: `vocabulary: own` found no word in the vectors; use `vocabulary: corpus`")
    else:
        frequent = np.flatnonzero(counts >= vocabulary.min_count)[: vocabulary.size]  # sorted by descending count
        entries = [(tokens[index], int(counts[index])) for index in frequent if tokens[index] not in SPECIAL]
    if not entries:
        raise UserError(
            f"vocabulary: no token occurs {vocabulary.min_count} times in train + unlabeled; lower `min_count`, or, "
            "where words have no spaces between them, choose `characters` in run.vectorizers"
        )
    return entries


def _own_vocabulary(
    word_vectors: WordVectors, counts: dict[str, int], fallbacks: Sequence[str]
) -> list[tuple[str, int]]:
    """Return the words of the vectors in their order, with their counts in the corpus.

    Composed words are included only if they occur in train or unlabeled, since rows for words of the test texts alone
    would make the test easier than future texts, and only if no fallback maps them to another word.
    """
    words, known = word_vectors.words, word_vectors.known
    own = dict.fromkeys(words.slice(0, known).to_pylist())
    composed = [
        word
        for word in words.slice(known).to_pylist()
        if counts.get(word) and not any(FALLBACKS[name](word) in own for name in fallbacks)
    ]
    return [(word, counts.get(word, 0)) for word in own | dict.fromkeys(composed) if word not in SPECIAL]


def _look_up(
    tokens: list[str], words: pa.StringArray, known: int, fallbacks: Sequence[str]
) -> tuple[Positions, list[str]]:
    """Return the position of each token among the words, -1 if missing, and the kind of match.

    Each token is tried unchanged and by the fallbacks among the first `known` words, then unchanged among the composed
    words.
    """
    attempts: list[tuple[str, Callable[[str], str], int, int]] = [
        (EXACT, str, 0, known),
        *((name, FALLBACKS[name], 0, known) for name in fallbacks),
        (NGRAMS, str, known, len(words)),
    ]
    positions = np.full(len(tokens), -1, dtype=np.int64)
    match = [MISSING] * len(tokens)
    for name, fallback, start, end in attempts:
        unmatched = np.flatnonzero(positions < 0)
        hits = _first_positions([fallback(tokens[index]) for index in unmatched], words.slice(start, end - start))
        positions[unmatched] = np.where(hits >= 0, hits + start, -1)
        for index in unmatched[hits >= 0]:
            match[index] = name
    return positions, match


def _gather(word_vectors: WordVectors, positions: Positions) -> Matrix:
    """Copy rows as float32, block by block, so that float16 rows are not held in memory twice."""
    rows = np.empty((len(positions), word_vectors.vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(positions), BLOCK):
        rows[start : start + BLOCK] = word_vectors.vectors[positions[start : start + BLOCK]]
    return rows


def _first_positions(tokens: list[str], words: pa.StringArray) -> Positions:
    """Return the first position of each token among the words, or -1.

    The hash table is over the tokens, since a table over millions of words would fill the memory.
    """
    encoded = pa.array(tokens, pa.string()).dictionary_encode()
    codes = pc.index_in(words, value_set=encoded.dictionary).fill_null(-1).to_numpy()
    matched = np.flatnonzero(codes >= 0)[::-1]  # reversed, so that the first of equal words is written last
    first = np.full(len(encoded.dictionary), -1, dtype=np.int64)
    first[codes[matched]] = matched
    positions: Positions = first[encoded.indices.to_numpy()]
    return positions


def _aliases(vocabulary: list[str], tokens: list[str], fallbacks: Sequence[str]) -> dict[str, int]:
    """Map tokens outside the vocabulary to the row of their match by a fallback.

    The tokens are those of the corpus and, for future texts, the lower-cased words of the vocabulary: standardised
    text is lower case.
    """
    if not fallbacks:
        return {}
    rows = {token: row for row, token in enumerate(vocabulary) if row >= len(SPECIAL)}
    candidates = dict.fromkeys([*tokens, *(word.lower() for word in rows)])
    unknown = [token for token in candidates if token and token not in rows]
    positions, _ = _look_up(unknown, pa.array(list(rows), pa.string()), len(rows), fallbacks)
    pairs = zip(unknown, positions.tolist(), strict=True)
    return {token: position + len(SPECIAL) for token, position in pairs if position >= 0}
