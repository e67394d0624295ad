"""projector: write the TSV files of all variants for TensorBoard's projector."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import embedding, model
from embedding_bench.artifacts.layout import Layout
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.probing.projector import class_affinity, metadata_lines, most_frequent, vector_lines
from embedding_bench.settings.projector import PROJECTOR
from embedding_bench.settings.run import RUN, Run


def project(layout: Layout, run: Run, limit: int) -> None:
    """Write a folder for each variant."""
    variants = layout.variants(run)
    with timing.timed("projector", [layout.projections]), atomic_folder(layout.projections) as folder:
        for variant in variants:
            start = layout.embedding(variant.vectorizer, variant.vectors)
            place = folder / variant.name
            place.mkdir()
            project_variant(
                limit, layout.corpus, layout.tokens(variant.vectorizer), start, layout.model(variant), place
            )
    log(f"projector: {len(variants)} variants, up to {limit:,} tokens each")


def project_variant(
    limit: int, corpus_folder: Path, token_folder: Path, embedding_folder: Path, trained: Path, out: Path
) -> None:
    """Write `vectors.tsv` and `metadata.tsv` for the special rows and the `limit` most frequent tokens."""
    start = embedding.read(embedding_folder)
    matrix = model.matrix_of(*model.read(trained), start)
    rows = most_frequent(start, limit)
    affinity = class_affinity(start, corpus_folder, token_folder)
    (out / "metadata.tsv").write_text(metadata_lines(start, rows, affinity), encoding="utf-8")
    (out / "vectors.tsv").write_text(vector_lines(matrix, rows))


def main() -> None:
    """Read the command line and the sections of params.yaml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    root, params = parser.parse_args().root, Params.read()
    project(Layout(root), params.section(RUN), params.section(PROJECTOR).tokens)


if __name__ == "__main__":
    errors.run(main)
