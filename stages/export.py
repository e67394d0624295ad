"""export: the chosen variant as a model that takes raw text."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Probabilities
from embedding_bench.artifacts import corpus, embedding, exported, model, scores, tokens
from embedding_bench.artifacts.exported import Facts
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import read_json, whole_folder
from embedding_bench.serving.card import better_baselines, model_card
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.serving.keras_file import read_model, write_model
from embedding_bench.serving.predictor import Predictor
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.run import Variant

TOLERANCE = 1e-5  # batches of another make-up sum in another order


def export(chosen: str | None, board: dict[str, Any], data: Path, out: Path) -> None:
    """Write the chosen variant's best replicate, and hold its answers on the test split against those of training."""
    row = next(row for row in board["rows"] if (row["variant"] == chosen if chosen else row["selected"]))
    with timing.timed("export", [out]), whole_folder(out) as folder:
        summary = corpus.read_summary(data / "corpus")
        classifier, description = assemble(row, summary["labels"], data)
        found = scores.read_scores(data / "scores" / row["variant"])["replicates"]
        replicate = next(number for number, one in enumerate(found) if one["seed"] == description["seed"])
        trained = scores.read_predictions(data / "scores" / row["variant"], "test")[replicate]
        reached = {"replicate": replicate, **found[replicate]}
        facts = Facts(summary["labels"], description, *measure(row, reached, trained, data / "corpus"))
        write_model(folder / "model.keras", classifier)
        exported.write(folder, facts, model_card(facts, summary, board))
        difference = largest_difference(folder / "model.keras", data / "corpus", trained)
        if difference > TOLERANCE:
            raise RuntimeError(f"the exported model differs from training by {difference:.1e} on the test split")
    better = better_baselines(row, board)
    say(
        f"export: {row['variant']}, replicate {replicate + 1} of {len(found)} (the best on validation), test accuracy "
        f"{facts.metrics['accuracy']:.4f}; its probabilities differ from those of training by {difference:.0e} at most"
        + "".join(f". {line.removesuffix('.')}" for line in better)
    )


def assemble(row: dict[str, Any], labels: list[str], data: Path) -> tuple[TextClassifier, dict[str, Any]]:
    """Put the artifacts of a variant together as one model, and say what it is made of."""
    embedded = data / "embeddings" / f"{row['vectorizer']}-{row['vectors']}"
    start = embedding.read(embedded)
    weights, description = model.read(data / "models" / row["variant"])
    matrix = model.matrix_of(weights, description, start)
    vectorizer = tokens.read_summary(data / "tokens" / row["vectorizer"])["vectorizer"]
    train = corpus.read_labels(data / "corpus", "train")
    prior = (np.bincount(train, minlength=len(labels)) / len(train)).astype(np.float32)
    classifier = TextClassifier(
        vectorizer=vectorizer,
        tokens=start.vocabulary["token"].to_pylist()[len(embedding.SPECIAL) :],
        dimensions=start.shape[1],
        encoder=description["encoder"],
        labels=labels,
        prior=prior.tolist(),
        subwords=tokens.read_subwords(data / "tokens" / row["vectorizer"]),
        aliases=dict(zip(*(start.aliases[name].to_pylist() for name in ("token", "row")), strict=True)),
        name="text_classifier",
    )
    classifier.set_parameters(matrix, weights)
    axes = {axis: row[axis] for axis in Variant._fields}
    coverage = embedding.read_coverage(embedded)
    return classifier, {
        "variant": row["variant"],
        "axes": axes,
        "vectorizer": vectorizer,
        "vocabulary": start.shape[0],
        "dimensions": start.shape[1],
        "unknown_rate": round(1 - coverage["splits"]["test"]["tokens"]["in_vocabulary"], 6),
        **description,
    }


def measure(
    row: dict[str, Any], reached: dict[str, Any], trained: Probabilities, source: Path
) -> tuple[dict[str, Any], npt.NDArray[np.bool_]]:
    """Collect what the exported replicate and its variant reached, and mark the test texts that it got right."""
    metrics = {
        **{name: reached["test"][name] for name in ("accuracy", "macro_f1", "classes")},
        "replicate": reached["replicate"],
        "leaderboard": row,
        "test_digest": exported.digest_test_split(source),
    }
    return metrics, trained.argmax(axis=1) == corpus.read_labels(source, "test")


def largest_difference(path: Path, source: Path, trained: Probabilities) -> float:
    """Load what was written, classify the test split, and compare with what training predicted."""
    texts = [text for batch in corpus.read_texts(source, "test") for text in batch.to_pylist()]
    return float(np.abs(Predictor(read_model(path)).probabilities(texts) - trained).max())


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of all artifacts")
    parser.add_argument("--leaderboard", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    export(load_settings().export.variant, read_json(arguments.leaderboard), arguments.data, arguments.out)


if __name__ == "__main__":
    errors.run(main)
