"""intrinsic: what vectors know without a classifier, and what fine-tuning moved."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts import embedding, model, tokens, vectors
from embedding_bench.artifacts.embedding import SPECIAL, Embedding, initial_matrix
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import whole, whole_folder, write_json
from embedding_bench.probing.drift import describe_drift
from embedding_bench.probing.measures import measure
from embedding_bench.probing.question_sets import Sets, read_sets
from embedding_bench.probing.rendering import to_markdown
from embedding_bench.probing.space import Space
from embedding_bench.settings.complete import Settings, load_settings
from embedding_bench.settings.intrinsic import Intrinsic

Rows = npt.NDArray[np.float32]

FIGURES = {"analogies": ("accuracy", "asked"), "similarity": ("rho", "covered")}
MOVED = ("cosine", "euclidean")


def intrinsic(found: Settings, data: Path, metrics: Path, out: Path) -> None:
    """Measure every source of vectors and every fine-tuned variant of the run.

    `out` has all figures as `intrinsic.json` and for people as `intrinsic.md`; `metrics` those that Git keeps.
    """
    with timing.timed("intrinsic", [out, metrics]):
        sets = read_sets(found.intrinsic.analogies, found.intrinsic.similarity)
        measured = {"vectors": of_vectors(found, sets, data), "finetuned": of_variants(found, sets, data)}
        with whole_folder(out) as folder:
            write_json(folder / "intrinsic.json", measured)
            (folder / "intrinsic.md").write_text(to_markdown(measured), encoding="utf-8")
        with whole(metrics) as path:
            write_json(path, rows(measured))
    say(f"intrinsic: sources of vectors: {len(measured['vectors'])}, fine-tuned variants: {len(measured['finetuned'])}")


def of_vectors(found: Settings, sets: Sets, data: Path) -> dict[str, Any]:
    """Measure the sources that have vectors, on their own words; a random one has none."""
    measured = {}
    for name in (f"{vectorizer}-{source}" for vectorizer in found.run.vectorizers for source in found.run.vectors):
        read = vectors.read(data / "vectors" / name)
        if len(read.words):
            measured[name] = measure(Space(read.words.to_pylist(), read.vectors), sets, found.intrinsic.words)
    return measured


def of_variants(found: Settings, sets: Sets, data: Path) -> dict[str, Any]:
    """Measure the fine-tuned variants, each before and after training on the same words."""
    measured = {}
    for variant in found.run.variants:
        weights, description = model.read(data / "models" / variant.name)
        if "embedding" in weights:  # frozen ones keep no matrix
            built = embedding.read(data / "embeddings" / f"{variant.vectorizer}-{variant.vectors}")
            counts = train_counts(built, data / "tokens" / variant.vectorizer)
            before = initial_matrix(built, description["seed"])
            measured[variant.name] = of_matrices(found.intrinsic, sets, built, counts, before, weights["embedding"])
    return measured


def of_matrices(
    asked: Intrinsic, sets: Sets, built: Embedding, counts: npt.NDArray[np.int64], before: Rows, after: Rows
) -> dict[str, Any]:
    """Measure a matrix before and after training, float32 [vocabulary, dimensions] both, and how far its rows moved."""
    first = len(SPECIAL)
    words, before, after = built.vocabulary["token"].to_pylist()[first:], before[first:], after[first:]
    return {
        "before": measure(Space(words, before), sets, asked.words),
        "after": measure(Space(words, after), sets, asked.words),
        "drift": describe_drift(words, counts[first:], before, after, asked.drift),
    }


def train_counts(built: Embedding, token_folder: Path) -> npt.NDArray[np.int64]:
    """Count how often train has each row of the vocabulary: int64 [vocabulary].

    The vocabulary's own counts include the unlabeled texts, from which training learns nothing.
    """
    counts = tokens.read_lexicon(token_folder)["train"].to_numpy()
    return np.bincount(built.remap, weights=counts, minlength=built.shape[0]).astype(np.int64)


def rows(measured: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Keep the figures for Git, with how much of each set stands behind them.

    They stand in lists: `dvc metrics` and `dvc exp show` would make a column of each figure otherwise.
    """
    return {
        "vectors": [{"vectors": name, **figures(entry)} for name, entry in measured["vectors"].items()],
        "finetuned": [
            {
                "variant": variant,
                **{when: figures(entry[when]) for when in ("before", "after")},
                "drift": {name: entry["drift"][name] for name in MOVED if name in entry["drift"]},
            }
            for variant, entry in measured["finetuned"].items()
        ],
    }


def figures(entry: dict[str, Any]) -> dict[str, Any]:
    """Keep the figures of one measured space, by set."""
    return {
        name: {key: result[key] for key in keys if key in result}
        for kind, keys in FIGURES.items()
        for name, result in entry[kind].items()
    }


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of all artifacts")
    parser.add_argument("--metrics", type=Path, required=True, help="the file that dvc metrics reads")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    intrinsic(load_settings(), arguments.data, arguments.metrics, arguments.out)


if __name__ == "__main__":
    errors.run(main)
