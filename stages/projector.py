"""projector: write the TSV files of one variant for TensorBoard's projector."""

import argparse
import shutil
from pathlib import Path

from embedding_bench.artifacts import embedding, model
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.probing.projector import class_affinity, metadata_lines, most_frequent, vector_lines
from embedding_bench.settings.projector import PROJECTOR


def project(
    stage: str, limit: int, corpus_folder: Path, token_folder: Path, embedding_folder: Path, trained: Path, out: Path
) -> None:
    """Write `vectors.tsv` and `metadata.tsv` for the special rows and the `limit` most frequent tokens."""
    with timing.timed(stage, [out]), atomic_folder(out) as folder:
        if not model.exists(trained):
            shutil.copytree(trained, folder, dirs_exist_ok=True)  # the reason
            log(f"{stage}: left out, as its training was")
            return
        start = embedding.read(embedding_folder)
        matrix = model.matrix_of(*model.read(trained), start)
        rows = most_frequent(start, limit)
        affinity = class_affinity(start, corpus_folder, token_folder)
        (folder / "metadata.tsv").write_text(metadata_lines(start, rows, affinity), encoding="utf-8")
        (folder / "vectors.tsv").write_text(vector_lines(matrix, rows))
    log(f"{stage}: {len(rows):,} of {start.shape[0]:,} rows")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for folder in ("corpus", "tokens", "embedding", "model", "out"):
        parser.add_argument(f"--{folder}", type=Path, required=True)
    arguments = parser.parse_args()
    folders = (arguments.corpus, arguments.tokens, arguments.embedding, arguments.model, arguments.out)
    project(f"projector@{arguments.out.name}", Params.read().section(PROJECTOR).tokens, *folders)


if __name__ == "__main__":
    errors.run(main)
