"""A variant's artifacts combined into one model, and a comparison of its answers with those of training."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from embedding_bench.arrays import Probabilities
from embedding_bench.artifacts import corpus, embedding, exported, model, scores, tokens
from embedding_bench.artifacts.exported import Facts
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import LeaderboardRow
from embedding_bench.models.network import class_shares
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.serving.keras_file import read_model
from embedding_bench.serving.predictor import Predictor
from embedding_bench.settings.run import Variant

TOLERANCE = 1e-5  # sums in other batches are in another order


class Assembled(NamedTuple):
    """A model, its description, the number of replicates, and its replicate's test probabilities.

    `trained` float32 [texts, classes] are those that training computed.
    """

    classifier: TextClassifier
    facts: Facts
    replicates: int
    trained: Probabilities


def assemble(row: LeaderboardRow, variant: Variant, layout: Layout) -> Assembled:
    """Combine the artifacts of a variant's best replicate, of those with fresh seeds where there are any."""
    labels = corpus.read_summary(layout.corpus)["labels"]
    score_folder = layout.measured_scores(variant, row.is_confirmed)
    classifier, settings = _build(variant, labels, layout, layout.measured_model(variant, row.is_confirmed))
    replicates = scores.read_scores(score_folder)["replicates"]
    number = next(number for number, r in enumerate(replicates) if r["seed"] == settings["seed"])
    predicted = {split: scores.read_predictions(score_folder, split)[number] for split in ("validation", "test")}
    metrics = {
        **{name: replicates[number]["test"][name] for name in ("accuracy", "macro_f1", "classes")},
        "validation_accuracy": replicates[number]["validation"]["accuracy"],
        "replicate": number,
        "leaderboard": row.plain(),
        "validation_digest": exported.digest_split(layout.corpus, "validation"),
    }
    hits = predicted["validation"].argmax(axis=1) == corpus.read_labels(layout.corpus, "validation")
    return Assembled(classifier, Facts(labels, settings, metrics, hits), len(replicates), predicted["test"])


def _build(
    variant: Variant, labels: list[str], layout: Layout, model_folder: Path
) -> tuple[TextClassifier, dict[str, Any]]:
    embedding_folder = layout.embedding(variant.vectorizer, variant.vectors)
    start = embedding.read(embedding_folder)
    weights, description = model.read(model_folder)
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
        aliases=dict(zip(*(start.aliases[name].to_pylist() for name in ("token", "row")), strict=True)),
        name="text_classifier",
    )
    classifier.set_parameters(model.matrix_of(weights, description, start), weights)
    coverage = embedding.read_coverage(embedding_folder)
    return classifier, {
        "variant": variant.name,
        "axes": variant._asdict(),
        "vectorizer": vectorizer,
        "vocabulary": start.shape[0],
        "dimensions": start.shape[1],
        "unknown_rate": round(1 - coverage["splits"]["test"]["tokens"]["in_vocabulary"], 6),
        **description,
    }


def largest_difference(path: Path, corpus_folder: Path, trained: Probabilities) -> float:
    """Load a saved model, classify the test split, and return the largest difference from `trained`."""
    texts = [text for batch in corpus.read_texts(corpus_folder, "test") for text in batch.to_pylist()]
    return float(np.abs(Predictor(read_model(path)).probabilities(texts) - trained).max())
