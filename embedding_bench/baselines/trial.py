"""One trial of a search: a baseline with other settings, on parts of the labelled texts."""

from pathlib import Path

import numpy as np

from embedding_bench.arrays import Probabilities
from embedding_bench.artifacts import corpus
from embedding_bench.baselines.fit import prepare
from embedding_bench.evaluation.parts import POOLED, Part, pool
from embedding_bench.settings.baselines import Baseline


def try_baseline(
    baseline: Baseline, balanced: bool, select_by: str, parts: tuple[Part, ...], corpus_folder: Path
) -> Probabilities:
    """Fit on each part, and predict the texts that it validates on, one part after the other.

    Returns:
        float32 [texts, classes].

    Raises:
        UserError: The setting leaves no n-gram.
    """
    labels = {split: corpus.read_labels(corpus_folder, split) for split in POOLED}
    texts = [text for split in POOLED for text in corpus.read_all_texts(corpus_folder, split)]
    fit = prepare(baseline, dict.fromkeys(POOLED, pool(labels)), dict.fromkeys(POOLED, texts), balanced, select_by)
    return np.concatenate([fit(part.numbers(labels)).predictions["validation"] for part in parts])
