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
        raise UserError(
            f"vocabulary: no token occurs {vocabulary.min_count} times in train; lower `min_count`, or, where words "
            "have no spaces between them, choose `characters` in run.vectorizers"
        )
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
    fallbacks = source.fallbacks if source.vocabulary == "own" else []
    aliases = _aliases(names, tokens, fallbacks)
    known = {token: row for row, token in enumerate(names) if row >= len(SPECIAL)} | aliases
    remap = np.fromiter((known.get(token, UNKNOWN) for token in tokens), np.int32, len(tokens))
    by_alias = pa.table(
        {"token": pa.array(list(aliases), pa.string()), "row": pa.array(list(aliases.values()), pa.int32())}
    )
    return Embedding(table, remap, rows, vectors, source.missing.model_dump(), by_alias)


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


def _aliases(vocabulary: list[str], tokens: list[str], fallbacks: Sequence[str]) -> dict[str, int]:
    """Give tokens outside the vocabulary the row that they come to by a fallback.

    Tokens are those of the corpus and, for texts to come, what standardised text makes of the vocabulary's words.
    """
    if not fallbacks:
        return {}
    rows = {token: row for row, token in enumerate(vocabulary) if row >= len(SPECIAL)}
    candidates = dict.fromkeys([*tokens, *(word.lower() for word in rows)])
    found = {token: _look_up(token, rows, fallbacks)[1] for token in candidates if token and token not in rows}
    return {token: row for token, row in found.items() if row is not None}
