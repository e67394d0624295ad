"""One trial of a search: a variant with other settings, on parts of the labelled texts."""

from pathlib import Path

import numpy as np

from embedding_bench.arrays import Probabilities
from embedding_bench.artifacts import corpus, embedding, tokens
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.evaluation.parts import Part, pool
from embedding_bench.models.cell import Config

SPLITS = ("train", "validation")


def try_variant(
    config: Config, parts: tuple[Part, ...], corpus_folder: Path, token_folder: Path, embedding_folder: Path
) -> Probabilities:
    """Train on each part, and predict the texts that it validates on, one part after the other.

    Returns:
        float32 [texts, classes].
    """
    labels = {split: corpus.read_labels(corpus_folder, split) for split in SPLITS}
    texts = {split: tokens.read_split(token_folder, split) for split in SPLITS}
    start, first = embedding.read(embedding_folder), len(labels["train"])
    if parts[0].fold is not None:  # each text is in train of some parts, and in validation of another
        texts = dict.fromkeys(SPLITS, _join(*texts.values()))
        variant, first = config.prepare(texts, dict.fromkeys(SPLITS, pool(labels)), start), 0
    else:
        variant = config.prepare(texts, labels, start)
    predicted = []
    for part in parts:
        numbers = part.numbers(labels)
        drawn = {"train": numbers["train"], "validation": numbers["validation"] - first}
        predicted.append(variant.train_some(part.seed, drawn, "trial").predictions["validation"])
    return np.concatenate(predicted)


def _join(first: Encoded, second: Encoded) -> Encoded:
    offsets = np.concatenate([first.offsets, first.offsets[-1] + second.offsets[1:]])
    return Encoded(np.concatenate([first.ids, second.ids]), offsets)
