"""The TSV files of TensorBoard's projector: vectors and metadata of one variant."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from embedding_bench.arrays import Matrix, Positions
from embedding_bench.artifacts import corpus, tokens
from embedding_bench.artifacts.embedding import SPECIAL, Embedding
from embedding_bench.probing.affinity import usage_rates

HEADER = ("token", "count", "affinity", "pretrained")
SPECIAL_NAMES = ("[PAD]", "[UNK]")


def most_frequent(embedding: Embedding, limit: int) -> Positions:
    """Return the rows of padding, unknown and the `limit` most frequent tokens, in the order of the vocabulary."""
    special = len(SPECIAL)
    counts = embedding.vocabulary["count"].to_numpy()[special:]
    frequent = np.sort(np.argsort(-counts, kind="stable")[:limit])
    return np.concatenate([np.arange(special), frequent + special])


def class_affinity(embedding: Embedding, corpus_folder: Path, token_folder: Path) -> list[str]:
    """Name, for each row of the vocabulary, the class whose train texts use it at the highest rate; "" for none."""
    labels, names = corpus.read_labels(corpus_folder, "train"), corpus.read_summary(corpus_folder)["labels"]
    ids, offsets = tokens.read_split(token_folder, "train")
    text_labels = np.repeat(labels, np.diff(offsets))
    rates = usage_rates(embedding.remap[ids], text_labels, (embedding.shape[0], len(names)))
    return [names[best] if rates[row, best] else "" for row, best in enumerate(rates.argmax(axis=1))]


def vector_lines(matrix: Matrix, rows: Positions) -> str:
    """Write vectors float32 [vocabulary, dimensions], a line a row."""
    return "\n".join("\t".join(f"{value:.6g}" for value in matrix[row]) for row in rows) + "\n"


def metadata_lines(embedding: Embedding, rows: Positions, affinity: list[str]) -> str:
    """Write a header and a line for each row: blank lines and raw separators would shift the projector's rows."""
    table = embedding.vocabulary.take(pa.array(rows)).to_pydict()
    names = [*SPECIAL_NAMES, *(visible(token) for token in table["token"][len(SPECIAL) :])]
    lines = ["\t".join(HEADER)]
    for row, name, count, match in zip(rows, names, table["count"], table["match"], strict=True):
        pretrained = "no" if match == "missing" else "yes"
        lines.append("\t".join((name, str(count), visible(affinity[row]) if affinity[row] else "-", pretrained)))
    return "\n".join(lines) + "\n"


def visible(token: str) -> str:
    r"""Write what a line cannot hold as an escape: a tab as \t, U+2028 as \u2028, blanks as \x20."""
    if not token.strip():
        return "".join(_escape(character) for character in token) or "\\empty"
    return "".join(character if character.isprintable() else _escape(character) for character in token)


def _escape(character: str) -> str:
    return "\\x20" if character == " " else character.encode("unicode_escape").decode()
