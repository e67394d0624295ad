"""A variant's artifacts combined into one model, and a comparison of its answers with those of training."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from embedding_bench.arrays import Probabilities
from embedding_bench.artifacts import corpus, embedding, exported, model, scores, tokens
from embedding_bench.artifacts.exported import Facts
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import LeaderboardRow
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.metrics import measure
from embedding_bench.models.network import class_shares
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.serving.keras_file import read_model
from embedding_bench.serving.predictor import Predictor
from embedding_bench.settings.export import Members
from embedding_bench.settings.run import Variant
from embedding_bench.settings.vectors import DrawnRows

TOLERANCE = 1e-5  # sums in other batches are in another order


class Assembled(NamedTuple):
    """A model, its description, the number of replicates that were trained, and its test probabilities.

    `trained` float32 [texts, classes] are those that training computed.
    """

    classifier: TextClassifier
    facts: Facts
    replicates: int
    trained: Probabilities


def assemble(row: LeaderboardRow, variant: Variant, layout: Layout, members: Members) -> Assembled:
    """Combine the artifacts of a variant's best replicate, or of all, of those with fresh seeds where there are any.

    Raises:
        UserError: All replicates are asked for, and only the best is kept.
    """
    labels = corpus.read_summary(layout.corpus)["labels"]
    score_folder = layout.measured_scores(variant, row.is_confirmed)
    classifier, settings = _build(variant, labels, layout, _models(row, variant, layout, members))
    replicates = scores.read_scores(score_folder)["replicates"]
    numbers = [number for number, r in enumerate(replicates) if r["seed"] in settings["seeds"]]
    predicted, measured, hits = {}, {}, {}
    for split in ("validation", "test"):
        truth = corpus.read_labels(layout.corpus, split)
        predicted[split] = scores.read_predictions(score_folder, split)[numbers].mean(axis=0)
        measured[split] = measure(truth, predicted[split])
        hits[split] = predicted[split].argmax(axis=1) == truth
    metrics = {
        **{name: measured["test"][name] for name in ("accuracy", "macro_f1", "classes")},
        "validation_accuracy": measured["validation"]["accuracy"],
        "replicates": numbers,
        "leaderboard": row.plain(),
        "validation_digest": exported.digest_split(layout.corpus, "validation"),
    }
    facts = Facts(labels, settings, metrics, hits["validation"])
    return Assembled(classifier, facts, len(replicates), predicted["test"])


def _models(row: LeaderboardRow, variant: Variant, layout: Layout, members: Members) -> list[Path]:
    best = layout.measured_model(variant, row.is_confirmed)
    if members == "best":
        return [best]
    if found := model.members(best):
        return found
    raise UserError(
        f"export.members: found 'replicates', but '{row.name}' was not trained anew, which keeps the model of every "
        "replicate; write `members: best`, or `variant: null`"
    )


def _build(
    variant: Variant, labels: list[str], layout: Layout, model_folders: list[Path]
) -> tuple[TextClassifier, dict[str, Any]]:
    embedding_folder = layout.embedding(variant.vectorizer, variant.vectors)
    parts = [model.read(folder) for folder in model_folders]
    weights, description = parts[0]
    start = embedding.read(embedding_folder).drawn(DrawnRows.model_validate(description["rows"]))
    vectorizer = tokens.read_summary(layout.tokens(variant.vectorizer))["vectorizer"]
    classifier = TextClassifier(
        vectorizer=vectorizer,
        tokens=start.vocabulary["token"].to_pylist()[len(embedding.SPECIAL) :],
        dimensions=start.shape[1],
        encoder=description["encoder"],
        labels=labels,
        prior=class_shares(corpus.read_labels(layout.corpus, "train"), len(labels)).tolist(),
        subwords=tokens.read_subwords(layout.tokens(variant.vectorizer)),
        ngrams=len(weights.get("ngram_keys", ())),
        members=len(parts),
        aliases=dict(zip(*(start.aliases[name].to_pylist() for name in ("token", "row")), strict=True)),
        name="text_classifier",
    )
    for number, (weights, description) in enumerate(parts):
        classifier.set_parameters(model.matrix_of(weights, description, start), weights, number)
    coverage = embedding.read_coverage(embedding_folder)
    return classifier, {
        "variant": variant.name,
        "axes": variant._asdict(),
        "vectorizer": vectorizer,
        "vocabulary": start.shape[0],
        "dimensions": start.shape[1],
        "unknown_rate": round(1 - coverage["splits"]["test"]["tokens"]["in_vocabulary"], 6),
        **{name: description[name] for name in ("encoder", "tuning", "rows")},
        "seeds": [description["seed"] for _, description in parts],
    }


def largest_difference(path: Path, corpus_folder: Path, trained: Probabilities) -> float:
    """Load a saved model, classify the test split, and return the largest difference from `trained`."""
    texts = [text for batch in corpus.read_texts(corpus_folder, "test") for text in batch.to_pylist()]
    return float(np.abs(Predictor(read_model(path)).probabilities(texts) - trained).max())
