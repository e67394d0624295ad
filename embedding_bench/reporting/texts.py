"""Texts that teach: those that a row is most surely wrong about, and those on which rows disagree most."""

from typing import NamedTuple

import numpy as np

from embedding_bench.arrays import Labels, Probabilities


class Wrong(NamedTuple):
    """A text by its number, what it was taken for, and how surely."""

    text: int
    predicted: int
    confidence: float


class Disputed(NamedTuple):
    """A text by its number, and how many rows took it for each class."""

    text: int
    votes: dict[int, int]


def surely_wrong(labels: Labels, probabilities: Probabilities, most: int) -> list[Wrong]:
    """Find the wrong answers with the highest probability; `probabilities` float32 [texts, classes]."""
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    order = wrong[np.argsort(-confidence[wrong], kind="stable")][:most]
    return [Wrong(text, int(predicted[text]), round(float(confidence[text]), 4)) for text in order.tolist()]


def most_disputed(answers: list[Labels], classes: int, most: int) -> list[Disputed]:
    """Find the texts whose answers have the highest entropy; `answers` has the classes int [texts] of each row."""
    votes = np.zeros((len(answers[0]), classes), np.int64)
    for predicted in answers:
        votes[np.arange(len(predicted)), predicted] += 1
    shares = votes / len(answers)
    entropy = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)
    order = np.argsort(-entropy.round(9), kind="stable")[:most]
    return [
        Disputed(text, {label: int(count) for label, count in enumerate(votes[text]) if count})
        for text in order.tolist()
        if (votes[text] > 0).sum() > 1
    ]
