"""An epoch of the BiLSTM with batches by length, compared with one padded length for all texts.

The padded length is the 99th percentile. Model and loop are the same; the peer's texts are padded or truncated before.
"""

import argparse
import tempfile
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.inputs import head, learned_embedding, read_input, rows_of
from benchmarks.measuring import Measured, by_turns, keep
from embedding_bench.artifacts.embedding import PADDING, Embedding
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core import errors
from embedding_bench.models.variant import VariantTraining
from embedding_bench.settings.encoders import RecurrentEncoder
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning

ENCODER = RecurrentEncoder(
    kind="bilstm", units=[32], pooling="max", batch_size=64, learning_rate=0.002, epochs=2, patience=2
)
HELD_OUT = 64  # texts of validation and of test, since only training is measured


def padded(encoded: Encoded, length: int) -> Encoded:
    """Pad or truncate every text to the same length."""
    ids = np.full((len(encoded), length), PADDING, np.int32)
    for row, (start, end) in enumerate(pairwise(encoded.offsets.tolist())):
        tokens = encoded.ids[start : min(end, start + length)]
        ids[row, : len(tokens)] = tokens
    return Encoded(ids.ravel(), np.arange(len(encoded) + 1, dtype=np.int64) * length)


def seconds(texts: dict[str, Encoded], labels: dict[str, np.ndarray], embedding: Embedding) -> float:
    """Time the second of two epochs."""
    config = (ENCODER, Tuning(trainable=True, learning_rate=0.05), Training(replicates=1, seed=1))
    rows = np.arange(embedding.shape[0], dtype=np.int32)  # the texts are rows of the matrix already
    return VariantTraining(texts, labels, embedding._replace(remap=rows), *config).replicate(0).seconds[1]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="imdb_reviews", help="a key of `datasets`")
    parser.add_argument("--texts", type=int, default=1_500, help="number of train texts, from the first on")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = read_input(arguments.dataset, Path(scratch))
        embedding = learned_embedding(data)
        sizes = {"train": arguments.texts, "validation": HELD_OUT, "test": HELD_OUT}
        texts = {split: head(encoded, sizes[split]) for split, encoded in rows_of(data, embedding).items()}
        labels = {split: data.labels[split][: sizes[split]] for split in texts}
        lengths = np.diff(texts["train"].offsets)
        longest = int(np.percentile(lengths, 99))
        fixed = {split: padded(encoded, longest) for split, encoded in texts.items()}
        times = by_turns(partial(seconds, texts, labels, embedding), partial(seconds, fixed, labels, embedding))
        notes = {"texts": arguments.texts, "tokens in the mean": round(float(lengths.mean())), "padded to": longest}
        what = f"BiLSTM on {arguments.dataset}, an epoch of {arguments.texts:,} texts"
        keep(Measured(f"bilstm-{arguments.dataset}", what, "one padded length", "s", *times, 1 / 3, notes))


if __name__ == "__main__":
    errors.run(main)
