"""export: the chosen variant as a model that takes raw text."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from stages.core import errors, settings, timing
from stages.core.artifacts import corpus, embedding, exported, model, scores, tokens
from stages.core.artifacts.exported import Facts
from stages.core.artifacts.files import read_json, whole_folder
from stages.core.console import say
from stages.serving.card import better_baselines, model_card
from stages.serving.classifier import TextClassifier
from stages.serving.keras_file import read_model, write_model
from stages.serving.predictor import Predictor

TOLERANCE = 1e-5  # batches of another make-up sum in another order


def export(chosen: str | None, board: dict[str, Any], data: Path, out: Path) -> None:
    """Write the chosen variant's best replicate, and hold its answers on the test split against those of training."""
    row = next(row for row in board["rows"] if (row["variant"] == chosen if chosen else row["selected"]))
    with timing.timed("export", [out]), whole_folder(out) as folder:
        summary = corpus.read_summary(data / "corpus")
        classifier, description = assemble(row, summary["labels"], data)
        found = scores.read_scores(data / "scores" / row["variant"])["replicates"]
        replicate = next(number for number, one in enumerate(found) if one["seed"] == description["seed"])
        reached = {"replicate": replicate, **found[replicate]}
        facts = measure(row, reached, description, data)
        write_model(folder / "model.keras", classifier)
        exported.write(folder, facts, model_card(facts, summary, board))
        difference = largest_difference(folder / "model.keras", data, row["variant"], replicate)
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
    start = embedding.read(data / "embeddings" / f"{row['vectorizer']}-{row['vectors']}")
    weights, description = model.read(data / "models" / row["variant"])
    matrix = weights.get("embedding")
    if matrix is None:  # a frozen one is drawn again from its seed
        matrix = embedding.initial_matrix(start, description["seed"])
    vectorizer = tokens.read_summary(data / "tokens" / row["vectorizer"])["vectorizer"]
    aliases, rows = start.aliases["token"].to_pylist(), start.aliases["row"].to_numpy()
    train = corpus.read_labels(data / "corpus", "train")
    prior = (np.bincount(train, minlength=len(labels)) / len(train)).astype(np.float32)
    classifier = TextClassifier(
        kind=vectorizer["kind"],
        tokens=start.vocabulary["token"].to_pylist()[len(embedding.SPECIAL) :] + aliases,
        dimensions=start.shape[1],
        encoder=description["encoder"],
        labels=labels,
        prior=prior.tolist(),
        name="text_classifier",
    )
    classifier.set_parameters(np.concatenate([matrix, matrix[rows]]), weights)
    axes = {axis: row[axis] for axis in settings.Variant._fields}
    coverage = embedding.read_coverage(data / "embeddings" / f"{row['vectorizer']}-{row['vectors']}")
    return classifier, {
        "variant": row["variant"],
        "axes": axes,
        "vectorizer": vectorizer,
        "vocabulary": start.shape[0],
        "dimensions": start.shape[1],
        "unknown_rate": round(1 - coverage["splits"]["test"]["tokens"]["in_vocabulary"], 6),
        **description,
    }


def measure(row: dict[str, Any], reached: dict[str, Any], description: dict[str, Any], data: Path) -> Facts:
    """Collect what the exported replicate and its variant reached."""
    labels = corpus.read_labels(data / "corpus", "test")
    predicted = scores.read_predictions(data / "scores" / row["variant"], "test")[reached["replicate"]].argmax(axis=1)
    metrics = {
        **{name: reached["test"][name] for name in ("accuracy", "macro_f1", "classes")},
        "replicate": reached["replicate"],
        "leaderboard": row,
        "test_digest": exported.digest_test_split(data / "corpus"),
    }
    return Facts(corpus.read_summary(data / "corpus")["labels"], description, metrics, predicted == labels)


def largest_difference(path: Path, data: Path, variant: str, replicate: int) -> float:
    """Load what was written, classify the test split, and compare with what training predicted."""
    texts = [text for batch in corpus.read_texts(data / "corpus", "test") for text in batch.to_pylist()]
    found = Predictor(read_model(path)).probabilities(texts)
    return float(np.abs(found - scores.read_predictions(data / "scores" / variant, "test")[replicate]).max())


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of all artifacts")
    parser.add_argument("--leaderboard", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    export(settings.load().export.variant, read_json(arguments.leaderboard), arguments.data, arguments.out)


if __name__ == "__main__":
    errors.run(main)
