"""Which vector stands in which row of the embedding matrix."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

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
    """Choose the vocabulary, look each of its tokens up among the vectors, and map the lexicon to it.

    Raises:
        UserError: The vocabulary would be empty.
    """
    tokens, counts = lexicon["token"].to_pylist(), lexicon["count"].to_numpy()
    if source.vocabulary == "own":
        chosen = _own_vocabulary(word_vectors, dict(zip(tokens, counts.tolist(), strict=True)), source.fallbacks)
    else:
        kept = np.flatnonzero(counts >= vocabulary.min_count)[: vocabulary.size]
        chosen = [(tokens[row], int(counts[row])) for row in kept if tokens[row] not in SPECIAL]
    if not chosen:
        raise UserError(
            f"vocabulary: no token occurs {vocabulary.min_count} times in train; lower `min_count`, or, where words "
            "have no spaces between them, choose `characters` in run.vectorizers"
        )
    places, match = _find([token for token, _ in chosen], word_vectors.words, word_vectors.known, source.fallbacks)
    found = np.flatnonzero(places >= 0)
    rows = (found + len(SPECIAL)).astype(np.int32)
    vectors = _gather(word_vectors, places[found])
    names = [*SPECIAL, *(token for token, _ in chosen)]
    table = pa.table(
        {
            "token": pa.array(names, pa.string()),
            "count": pa.array([0, 0, *(count for _, count in chosen)], pa.int64()),
            "match": pa.array([MISSING, MISSING, *match]).dictionary_encode(),
        }
    )
    fallbacks = source.fallbacks if source.vocabulary == "own" else []
    aliases = _aliases(names, tokens, fallbacks)
    known = {token: row for row, token in enumerate(names) if row >= len(SPECIAL)} | aliases
    remap = np.fromiter((known.get(token, UNKNOWN) for token in tokens), np.int32, len(tokens))
    by_alias = pa.table(
        {"token": pa.array(list(aliases), pa.string()), "row": pa.array(list(aliases.values()), pa.int32())}
    )
    return Embedding(table, remap, rows, vectors, source.missing.model_dump(), by_alias)


def _own_vocabulary(
    word_vectors: WordVectors, counts: dict[str, int], fallbacks: Sequence[str]
) -> list[tuple[str, int]]:
    """Take the vectors' words in their own order, with the corpus's counts.

    Of the composed ones only those that occur in train or unlabeled: rows for words of the test texts would make these
    easier than texts to come. And not those that come to a word in another case.
    """
    words, known = word_vectors.words, word_vectors.known
    chosen = dict.fromkeys(words.slice(0, known).to_pylist())
    composed = [
        word
        for word in words.slice(known).to_pylist()
        if counts.get(word) and not any(FALLBACKS[name](word) in chosen for name in fallbacks)
    ]
    return [(word, counts.get(word, 0)) for word in chosen | dict.fromkeys(composed) if word not in SPECIAL]


def _find(
    tokens: list[str], words: pa.StringArray, known: int, fallbacks: Sequence[str]
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Find each token's first place among the words; -1 where it is not. And how it was found.

    As it stands or in another case among the first `known` words, and then as it stands among the composed ones.
    """
    attempts: list[tuple[str, Callable[[str], str], int, int]] = [
        (EXACT, str, 0, known),
        *((name, FALLBACKS[name], 0, known) for name in fallbacks),
        (NGRAMS, str, known, len(words)),
    ]
    places = np.full(len(tokens), -1, dtype=np.int64)
    match = [MISSING] * len(tokens)
    for name, change, start, end in attempts:
        left = np.flatnonzero(places < 0)
        found = _places([change(tokens[token]) for token in left], words.slice(start, end - start))
        places[left] = np.where(found >= 0, found + start, -1)
        for token in left[found >= 0]:
            match[token] = name
    return places, match


def _gather(word_vectors: WordVectors, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Copy rows, block by block: of float16 vectors all rows would lie in memory twice."""
    rows = np.empty((len(places), word_vectors.vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(places), BLOCK):
        rows[start : start + BLOCK] = word_vectors.vectors[places[start : start + BLOCK]]
    return rows


def _places(tokens: list[str], words: pa.StringArray) -> npt.NDArray[np.int64]:
    """Look the words up among the tokens, which are fewer: a table of millions of words would fill the memory."""
    coded = pa.array(tokens, pa.string()).dictionary_encode()
    which = pc.index_in(words, value_set=coded.dictionary).fill_null(-1).to_numpy()
    known = np.flatnonzero(which >= 0)[::-1]  # so that of equal words the first stays
    places = np.full(len(coded.dictionary), -1, dtype=np.int64)
    places[which[known]] = known
    found: npt.NDArray[np.int64] = places[coded.indices.to_numpy()]
    return found


def _aliases(vocabulary: list[str], tokens: list[str], fallbacks: Sequence[str]) -> dict[str, int]:
    """Give tokens outside the vocabulary the row that they come to by a fallback.

    Tokens are those of the corpus and, for texts to come, what standardised text makes of the vocabulary's words.
    """
    if not fallbacks:
        return {}
    rows = {token: row for row, token in enumerate(vocabulary) if row >= len(SPECIAL)}
    candidates = dict.fromkeys([*tokens, *(word.lower() for word in rows)])
    others = [token for token in candidates if token and token not in rows]
    places, _ = _find(others, pa.array(list(rows), pa.string()), len(rows), fallbacks)
    return {token: place + len(SPECIAL) for token, place in zip(others, places.tolist(), strict=True) if place >= 0}
