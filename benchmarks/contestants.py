"""What encoders gain: accuracy and log loss on validation of real corpora, and the seconds of a training.

Settings are those of params.yaml, vectors those of `benchmarks.inputs`; SEEDS seeds each. The test split is not read.
Corpora have a prepared copy in the folder TFDS_DATA_DIR.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.inputs import Input, learned_embedding, read_input, word2vec_embedding
from benchmarks.measuring import RESULTS, machine
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.core.files import read_json, save_json
from embedding_bench.evaluation.selection import candidate
from embedding_bench.models.variant import VariantTraining
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.training import Training

SEEDS = 2
ROWS = [
    ("random", "finetuned", "mean"),
    ("random", "finetuned", "weighted"),
    ("random", "finetuned", "presence"),
    ("random", "finetuned", "ngrams"),
    ("random", "finetuned", "cnn"),
    ("word2vec", "frozen", "mean"),
    ("word2vec", "frozen", "weighted"),
    ("word2vec", "finetuned", "mean"),
    ("word2vec", "finetuned", "ngrams"),
    ("word2vec", "finetuned", "cnn"),
]
DATASETS = ["trec", "ag_news_subset", "imdb_reviews"]
FILE = RESULTS / "contestants.json"


def train(data: Input, embedding: Embedding, tuning: str, encoder: str) -> dict[str, float]:
    """Train an encoder, and return its mean measures on validation and seconds a training."""
    settings = load_settings()
    labels = data.labels | {"test": data.labels["validation"]}  # test is not looked at
    texts = data.encoded | {"test": data.encoded["validation"]}
    training = Training(replicates=SEEDS, seed=1)
    variant = VariantTraining(texts, labels, embedding, settings.encoders[encoder], settings.tuning[tuning], training)
    start = time.perf_counter()
    replicates = [variant.replicate(number) for number in range(SEEDS)]
    seconds = (time.perf_counter() - start) / SEEDS
    found = candidate(labels["validation"], np.stack([r.predictions["validation"] for r in replicates]), "accuracy")
    return {
        "accuracy": round(found.criterion, 4),
        "log_loss": round(found.log_loss, 4),
        "seconds": round(seconds, 1),
    }


def measure(name: str) -> dict[str, dict[str, float]]:
    """Measure all rows on a corpus."""
    with tempfile.TemporaryDirectory() as scratch:
        data = read_input(name, Path(scratch))
        embeddings = {"random": learned_embedding(data), "word2vec": word2vec_embedding(data)}
        found = {}
        for vectors, tuning, encoder in ROWS:
            row = f"{vectors}-{tuning}-{encoder}"
            found[row] = train(data, embeddings[vectors], tuning, encoder)
            print(json.dumps({name: {row: found[row]}}), flush=True)
    return found


def table(result: dict[str, Any]) -> str:
    """Format all corpora as a Markdown table: accuracy, log loss after temperature scaling, seconds."""
    corpora = [name for name in DATASETS if name in result["corpora"]]
    lines = ["| variant | " + " | ".join(corpora) + " |", "| --- |" + " ---: |" * len(corpora)]
    for row in ("-".join(cell) for cell in ROWS):
        found = [result["corpora"][name][row] for name in corpora]
        cells = [f"{each['accuracy']:.4f}, {each['log_loss']:.4f}, {each['seconds']:.0f} s" for each in found]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure one corpus, keep the others, and write benchmarks/results/contestants.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", choices=DATASETS, required=True)
    dataset = parser.parse_args().dataset
    before = read_json(FILE)["corpora"] if FILE.exists() else {}
    result = {"corpora": {**before, dataset: measure(dataset)}, **machine()}
    save_json(FILE, result)
    print(table(result))


if __name__ == "__main__":
    main()
