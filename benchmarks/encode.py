"""Encoding texts once with a lexicon, as `vectorize` does, compared with a TextVectorization pass of an epoch."""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.measuring import Measured, by_turns, keep
from embedding_bench.artifacts import corpus
from embedding_bench.core import errors
from embedding_bench.corpus.sample.generator import generate
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.datasets import SampleDataset
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tensorflow import keras, tf
from stages.vectorize import vectorize

TEXTS, VOCABULARY, BATCH = 120_000, 30_000, 128


def write_texts(folder: Path) -> list[str]:
    """Write a corpus of sample texts, and return those of train."""
    dataset = load_settings().datasets["sample"]
    if not isinstance(dataset, SampleDataset):
        raise TypeError(dataset)
    dataset = dataset.model_copy(update={"train": TEXTS, "validation": 1, "test": 1})
    folder.mkdir()
    texts: list[str] = []
    for split in corpus.LABELLED:
        batches = list(generate(split, dataset))
        corpus.write_split(folder, split, batches, corpus.FACETS)
        texts += [text for batch in batches for text in batch["text"].to_pylist()]
    return texts[:TEXTS]


class Peer:
    """A layer inside the model, which splits and looks up strings batch by batch in every epoch."""

    def __init__(self, texts: list[str]) -> None:
        self.data = tf.data.Dataset.from_tensor_slices(np.asarray(texts, dtype=object)).batch(BATCH)
        self.layer = keras.layers.TextVectorization(max_tokens=VOCABULARY)
        self.layer.adapt(self.data)
        self.apply = tf.function(self.layer)

    def seconds(self) -> float:
        """Time one pass."""
        start = time.perf_counter()
        for batch in self.data:
            self.apply(batch)
        return time.perf_counter() - start


def main() -> None:
    """Read the command line."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        source, out = Path(scratch) / "corpus", Path(scratch) / "tokens"
        texts = write_texts(source)
        peer = Peer(texts)

        def ours() -> float:
            start = time.perf_counter()
            vectorize("words", Vectorizer(kind="words"), source, out)
            return time.perf_counter() - start

        notes = {"texts": TEXTS, "characters": int(pa.compute.sum(pa.compute.utf8_length(pa.array(texts))).as_py())}
        times = by_turns(ours, peer.seconds)
        keep(Measured("encode", f"{TEXTS:,} texts encoded", "TextVectorization", "s", *times, 0.5, notes))


if __name__ == "__main__":
    errors.run(main)
