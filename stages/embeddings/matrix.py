"""Which vector stands in which row of the embedding matrix."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stages.core.artifacts.embedding import SPECIAL, UNKNOWN, Embedding
from stages.core.artifacts.vectors import WordVectors
from stages.core.errors import UserError
from stages.core.settings import Vectors, VocabularySettings

FALLBACKS: dict[str, Callable[[str], str]] = {"lower": str.lower, "title": str.title, "upper": str.upper}
EXACT, MISSING = "exact", "missing"


def build_embedding(
    lexicon: pa.Table, source: Vectors, word_vectors: WordVectors, vocabulary: VocabularySettings
) -> Embedding:
    """Choose the vocabulary, look each of its tokens up among the vectors, and map the lexicon to it.

    Raises:
        UserError: The vocabulary would be empty.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(word_vectors.words.to_pylist()):
        places.setdefault(word, place)
    tokens, counts = lexicon["token"].to_pylist(), lexicon["count"].to_numpy()
    if source.vocabulary == "own":
        chosen = _own_vocabulary(list(places), tokens, counts)
    else:
        kept = np.flatnonzero(counts >= vocabulary.min_count)[: vocabulary.size]
        chosen = [(tokens[row], int(counts[row])) for row in kept if tokens[row] not in SPECIAL]
    if not chosen:
        raise UserError(f"vocabulary: no token occurs {vocabulary.min_count} times in train; lower `min_count`")
    matches = [_look_up(token, places, source.fallbacks) for token, _ in chosen]
    found = [(row, place) for row, (_, place) in enumerate(matches, start=len(SPECIAL)) if place is not None]
    rows = np.asarray([row for row, _ in found], dtype=np.int32)
    vectors = np.asarray(word_vectors.vectors[[place for _, place in found]], dtype=np.float32)
    names = [*SPECIAL, *(token for token, _ in chosen)]
    table = pa.table(
        {
            "token": pa.array(names, pa.string()),
            "count": pa.array([0, 0, *(count for _, count in chosen)], pa.int64()),
            "match": pa.array([MISSING, MISSING, *(match for match, _ in matches)]).dictionary_encode(),
        }
    )
    remap = _remap(tokens, names, source.fallbacks if source.vocabulary == "own" else [])
    return Embedding(table, remap, rows, vectors, source.missing.model_dump())


def _own_vocabulary(words: list[str], tokens: list[str], counts: npt.NDArray[np.int64]) -> list[tuple[str, int]]:
    """Take the vectors' words in their own order, with the corpus's counts."""
    known = dict(zip(tokens, counts.tolist(), strict=True))
    return [(word, known.get(word, 0)) for word in words if word not in SPECIAL]


def _look_up(token: str, places: dict[str, int], fallbacks: Sequence[str]) -> tuple[str, int | None]:
    """Find a token's vector, as it stands or in another case: how it was found, and where."""
    if token in places:
        return EXACT, places[token]
    for name in fallbacks:
        place = places.get(FALLBACKS[name](token))
        if place is not None:
            return name, place
    return MISSING, None


def _remap(tokens: list[str], vocabulary: list[str], fallbacks: Sequence[str]) -> npt.NDArray[np.int32]:
    """Give each lexicon row its row of the vocabulary; unknown tokens share row 1."""
    rows = {token: row for row, token in enumerate(vocabulary) if row >= len(SPECIAL)}
    remap = np.full(len(tokens), UNKNOWN, dtype=np.int32)
    for place, token in enumerate(tokens):
        _, row = _look_up(token, rows, fallbacks)
        remap[place] = UNKNOWN if row is None else row
    return remap
