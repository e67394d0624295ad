"""One trial of a search: a variant with other settings, on parts of the labelled texts."""

from pathlib import Path

import numpy as np

from embedding_bench.arrays import Probabilities
from embedding_bench.artifacts import corpus, embedding, tokens
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.evaluation.parts import POOLED, Part, pool
from embedding_bench.models.batching import select
from embedding_bench.models.cell import Config


def try_variant(
    config: Config, parts: tuple[Part, ...], corpus_folder: Path, token_folder: Path, embedding_folder: Path
) -> Probabilities:
    """Train on each part, and predict the texts that it validates on, one part after the other.

    Returns:
        float32 [texts, classes].

    Raises:
        UserError: The setting cannot be trained, because its loss is no longer finite.
    """
    labels = {split: corpus.read_labels(corpus_folder, split) for split in POOLED}
    texts = _join(*(tokens.read_split(token_folder, split) for split in POOLED))
    start, pooled, predicted = embedding.read(embedding_folder), pool(labels), []
    variant = None
    for part in parts:
        drawn = part.numbers(labels)
        if config.variant.encoder.longest_ngram:  # of the texts that a part trains on, and no others
            own = {split: select(texts, numbers) for split, numbers in drawn.items()}
            variant = config.prepare(own, {split: pooled[numbers] for split, numbers in drawn.items()}, start)
            drawn = {}
        elif variant is None:
            variant = config.prepare(dict.fromkeys(POOLED, texts), dict.fromkeys(POOLED, pooled), start)
        predicted.append(variant.train_some(part.seed, drawn, "trial").predictions["validation"])
    return np.concatenate(predicted)


def _join(first: Encoded, second: Encoded) -> Encoded:
    offsets = np.concatenate([first.offsets, first.offsets[-1] + second.offsets[1:]])
    return Encoded(np.concatenate([first.ids, second.ids]), offsets)
