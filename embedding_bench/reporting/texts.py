"""Instructive test texts: confidently wrong predictions, and texts on which variants disagree."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Probabilities
from embedding_bench.artifacts import corpus, scores
from embedding_bench.artifacts.layout import Layout
from embedding_bench.settings.run import Run


class Wrong(NamedTuple):
    """A wrong prediction: the number of the text, the predicted class, and its probability."""

    text: int
    predicted: int
    confidence: float


class Disputed(NamedTuple):
    """A disputed text: its number, and the number of variants by predicted class."""

    text: int
    votes: dict[int, int]


class WrongText(NamedTuple):
    """A wrong prediction with its text and the names of the classes."""

    text: str
    actual: str
    predicted: str
    confidence: float


class DisputedText(NamedTuple):
    """A disputed text with the names of the classes."""

    text: str
    actual: str
    votes: dict[str, int]


def wrong_texts(layout: Layout, limit: int, scored: Path) -> list[WrongText]:
    """Read the texts that a variant, whose scores are in the folder `scored`, is most confidently wrong about."""
    labels, names = corpus.read_labels(layout.corpus, "test"), corpus.read_summary(layout.corpus)["labels"]
    wrong = confidently_wrong(labels, _mean_probabilities(scored), limit)
    texts = texts_by_number(layout, [entry.text for entry in wrong])
    return [
        WrongText(texts[entry.text], names[labels[entry.text]], names[entry.predicted], entry.confidence)
        for entry in wrong
    ]


def disputed_texts(layout: Layout, run: Run, limit: int) -> list[DisputedText]:
    """Read the texts that the variants of the run disagree most on."""
    labels, names = corpus.read_labels(layout.corpus, "test"), corpus.read_summary(layout.corpus)["labels"]
    predictions = [_mean_probabilities(layout.scores(variant)).argmax(axis=1) for variant in layout.variants(run)]
    disputed = most_disputed(predictions, len(names), limit)
    texts = texts_by_number(layout, [entry.text for entry in disputed])
    return [
        DisputedText(
            texts[entry.text], names[labels[entry.text]], {names[label]: count for label, count in entry.votes.items()}
        )
        for entry in disputed
    ]


def confidently_wrong(labels: Labels, probabilities: Probabilities, limit: int) -> list[Wrong]:
    """Find the wrong predictions with the highest probability; `probabilities` float32 [texts, classes]."""
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    order = wrong[np.argsort(-confidence[wrong], kind="stable")][:limit]
    return [Wrong(text, int(predicted[text]), round(float(confidence[text]), 4)) for text in order.tolist()]


def most_disputed(predictions: list[Labels], classes: int, limit: int) -> list[Disputed]:
    """Find the texts whose predictions have the highest entropy; `predictions` int [texts] of each variant."""
    votes = np.zeros((len(predictions[0]), classes), np.int64)
    for predicted in predictions:
        votes[np.arange(len(predicted)), predicted] += 1
    shares = votes / len(predictions)
    entropy = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)
    order = np.argsort(-entropy.round(9), kind="stable")[:limit]
    return [
        Disputed(text, {label: int(count) for label, count in enumerate(votes[text]) if count})
        for text in order.tolist()
        if (votes[text] > 0).sum() > 1
    ]


def texts_by_number(layout: Layout, numbers: list[int]) -> dict[int, str]:
    """Read test texts by their number."""
    rest, texts, start = set(numbers), {}, 0
    for batch in corpus.read_texts(layout.corpus, "test"):
        for number in sorted(n for n in rest if start <= n < start + len(batch)):
            texts[number] = batch[number - start].as_py()
        start += len(batch)
    return texts


def _mean_probabilities(scored: Path) -> Probabilities:
    """Average the test probabilities of the replicates: float32 [texts, classes]."""
    mean: Probabilities = scores.read_predictions(scored, "test").mean(axis=0)
    return mean
