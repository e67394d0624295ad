"""Prediction of short raw texts with a mean encoder, in memory, compared with fastText's predict."""

import tempfile
import time
from pathlib import Path

import fasttext
import numpy as np

from benchmarks.inputs import DIMENSIONS, VOCABULARY, chosen_input
from benchmarks.measuring import Measured, by_turns, keep
from embedding_bench.core import errors
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.serving.predictor import Predictor
from embedding_bench.settings.encoders import PoolingEncoder

TEXTS, WORDS = 100_000, 12


def main() -> None:
    """Compare on the chosen dataset."""
    with chosen_input(__doc__) as data, tempfile.TemporaryDirectory() as scratch:
        short = [" ".join(text.split()[:WORDS]) for text in data.texts["train"]]
        texts = (short * (TEXTS // len(short) + 1))[:TEXTS]
        path = Path(scratch) / "train.txt"
        lines = zip(data.labels["train"], data.texts["train"], strict=True)
        path.write_text("".join(f"__label__{label} {text}\n" for label, text in lines))
        peer = fasttext.train_supervised(str(path), dim=DIMENSIONS, epoch=1, minCount=1, bucket=0, verbose=0)
        tokens = data.lexicon["token"].to_pylist()[:VOCABULARY]
        encoder = PoolingEncoder(kind="mean", batch_size=1, learning_rate=1.0, epochs=1, patience=1).model_dump()
        classes = int(data.labels["train"].max()) + 1
        labels = [str(label) for label in range(classes)]
        predictor = Predictor(
            TextClassifier({"kind": "words"}, tokens, DIMENSIONS, encoder, labels, [1 / classes] * classes)
        )

        def ours() -> float:
            start = time.perf_counter()
            predictor.probabilities(texts)
            return time.perf_counter() - start

        def fasttext_predict() -> float:
            start = time.perf_counter()
            peer.f.multilinePredict([f"{text}\n" for text in texts], classes, 0.0, "strict")
            return time.perf_counter() - start

        times = by_turns(ours, fasttext_predict)
        notes = {"texts": TEXTS, "words": WORDS, "texts a second, ours": round(TEXTS / float(np.median(times[0])))}
        what = f"predict {TEXTS:,} texts of {WORDS} words of {data.name}"
        keep(Measured(f"predict-{data.name}", what, "fastText", "s", *times, 2.0, notes))


if __name__ == "__main__":
    errors.run(main)
