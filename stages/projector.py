"""projector: what the TensorBoard projector shows of one variant."""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from embedding_bench.artifacts import corpus, embedding, model, tokens
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import whole_folder
from embedding_bench.probing.affinity import usage_rates
from embedding_bench.settings.complete import load_settings

HEADER = ("token", "count", "affinity", "pretrained")
SPECIAL_NAMES = ("[PAD]", "[UNK]")


def project(
    stage: str, limit: int, corpus_folder: Path, token_folder: Path, start: Path, trained: Path, out: Path
) -> None:
    """Write `vectors.tsv` and `metadata.tsv` for the special rows and the `limit` most frequent tokens."""
    with timing.timed(stage, [out]), whole_folder(out) as folder:
        built = embedding.read(start)
        matrix = model.matrix_of(*model.read(trained), built)
        rows = most_frequent(built, limit)
        affinity = class_affinity(built, corpus_folder, token_folder)
        (folder / "metadata.tsv").write_text(metadata(built, rows, affinity), encoding="utf-8")
        lines = ("\t".join(f"{value:.6g}" for value in matrix[row]) for row in rows)
        (folder / "vectors.tsv").write_text("\n".join(lines) + "\n")
    say(f"{stage}: {len(rows):,} of {built.shape[0]:,} rows")


def most_frequent(built: Embedding, limit: int) -> npt.NDArray[np.int64]:
    """Choose padding, unknown and the most frequent tokens, in the order of the vocabulary."""
    counts = built.vocabulary["count"].to_numpy()[2:]
    chosen = np.sort(np.argsort(-counts, kind="stable")[:limit])
    return np.concatenate([[0, 1], chosen + 2])


def class_affinity(built: Embedding, corpus_folder: Path, token_folder: Path) -> list[str]:
    """Name, for each row of the vocabulary, the class whose train texts use it most for their size."""
    labels, names = corpus.read_labels(corpus_folder, "train"), corpus.read_summary(corpus_folder)["labels"]
    ids, offsets = tokens.read_split(token_folder, "train")
    rates = usage_rates(built.remap[ids], np.repeat(labels, np.diff(offsets)), (built.shape[0], len(names)))
    return [names[best] if rates[row, best] else "" for row, best in enumerate(rates.argmax(axis=1))]


def metadata(built: Embedding, rows: npt.NDArray[np.int64], affinity: list[str]) -> str:
    """Lay out a line for each row, below a header: blank lines and raw separators would shift the projector's rows."""
    table = built.vocabulary.take(pa.array(rows)).to_pydict()
    names = [*SPECIAL_NAMES, *(visible(token) for token in table["token"][2:])]
    lines = ["\t".join(HEADER)]
    for row, name, count, match in zip(rows, names, table["count"], table["match"], strict=True):
        found = "no" if match == "missing" else "yes"
        lines.append("\t".join((name, str(count), visible(affinity[row]) if affinity[row] else "-", found)))
    return "\n".join(lines) + "\n"


def visible(token: str) -> str:
    r"""Write what a line cannot hold as an escape: a tab as \t, U+2028 as \u2028, blanks as \x20."""
    if not token.strip():
        return "".join(_escape(sign) for sign in token) or "\\empty"
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in token)


def _escape(sign: str) -> str:
    return "\\x20" if sign == " " else sign.encode("unicode_escape").decode()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for folder in ("corpus", "tokens", "embedding", "model", "out"):
        parser.add_argument(f"--{folder}", type=Path, required=True)
    arguments = parser.parse_args()
    folders = (arguments.corpus, arguments.tokens, arguments.embedding, arguments.model, arguments.out)
    project(f"projector@{arguments.out.name}", load_settings().projector.tokens, *folders)


if __name__ == "__main__":
    errors.run(main)
