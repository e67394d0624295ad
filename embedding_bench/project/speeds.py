"""How fast this machine trains on a corpus, measured on some of its texts by a process of its own."""

import asyncio
import hashlib
import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus
from embedding_bench.artifacts.embedding import SPECIAL, Embedding
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.files import read_json, save_json
from embedding_bench.execution import processes
from embedding_bench.execution.tasks import Task
from embedding_bench.project import commands
from embedding_bench.project.proposal import Inspection
from embedding_bench.settings.complete import Settings
from embedding_bench.settings.vectors import NormalRows, Word2VecVectors

TEMPORARY = Path(".dvc/tmp")  # of the project in the current folder
TOKENS = 100_000  # to train on; a few seconds for an encoder that reads in order
TEXTS = 200, 2000  # at least, at most
FIRST = 50_000  # texts of train that they are drawn from
DIMENSIONS = 100


class Speeds(NamedTuple):
    """Seconds on one core.

    Attributes:
        encoders: Of an epoch of a fine-tuned encoder, for each text.
        word2vec: Of an epoch, for each token.
        lengths: Tokens of some texts.
        most_tokens: That were read of a text, by encoder; None: all.
    """

    encoders: dict[str, float]
    word2vec: float
    lengths: list[int]
    most_tokens: dict[str, int | None]

    def tokens(self, most: int | None) -> float:
        """Return the mean number of tokens that are read of a text."""
        return float(np.minimum(self.lengths, most or max(self.lengths)).mean())


def measure_speeds(settings: Settings, inspection: Inspection) -> Speeds:
    """Measure in another process, so that this one imports no TensorFlow.

    A project keeps what was measured: the plan of a run that stopped is the same when it goes on.

    Raises:
        UserError: The process ended before it was done.
    """
    encoders = {name: settings.encoders[name].model_dump() for name in settings.run.encoders}
    key = hashlib.sha256(json.dumps([inspection.summary, encoders], sort_keys=True).encode()).hexdigest()[:16]
    kept = TEMPORARY / f"speeds-{key}.json"
    if kept.exists():
        return Speeds(**read_json(kept))
    task = Task("speeds", measure, (settings,), (inspection.folder.absolute(),))
    speeds: Speeds = asyncio.run(processes.run_alone(task, commands.environment()))
    if TEMPORARY.parent.is_dir():
        TEMPORARY.mkdir(exist_ok=True)
        save_json(kept, speeds._asdict())
    return speeds


def measure(settings: Settings, corpus_folder: Path) -> Speeds:
    """Train each encoder of the run for two epochs on some texts of train. The second, which traces nothing, counts."""
    from embedding_bench.models.batching import select
    from embedding_bench.models.variant import VariantTraining
    from embedding_bench.settings.training import Training
    from embedding_bench.settings.tuning import Tuning
    from embedding_bench.tokens.batches import Tokenizer

    texts, labels = _some_texts(corpus_folder)
    tokenizer = Tokenizer(settings.vectorizers[settings.run.vectorizers[0]].kind)
    parts = list(tokenizer.encode([texts]))
    lengths = np.concatenate([lengths for _, lengths in parts])
    whole = Encoded(np.concatenate([ids for ids, _ in parts]), np.cumsum([0, *lengths]))
    count = min(len(lengths), int(np.clip(TOKENS / max(lengths.mean(), 1), *TEXTS)))
    train, few = select(whole, np.arange(count)), np.arange(min(count, TEXTS[0]))
    splits = {"train": train, "validation": select(train, few), "test": select(train, few)}
    targets = {"train": labels[:count], "validation": labels[few], "test": labels[few]}
    embedding = _random_embedding([token.decode() for token in tokenizer.numbers])
    tuning, training = Tuning(trainable=True, learning_rate=0.02), Training(replicates=1, seed=1)
    seconds = {}
    for name in settings.run.encoders:
        short = settings.encoders[name].model_copy(update={"epochs": 2, "patience": 2})
        replicate = VariantTraining(splits, targets, embedding, short, tuning, training).replicate(0)
        seconds[name] = replicate.seconds[1] / count
    most = {name: settings.encoders[name].max_tokens for name in settings.run.encoders}
    return Speeds(seconds, _time_word2vec(train, len(tokenizer.numbers)), lengths.tolist(), most)


def _some_texts(corpus_folder: Path) -> tuple[pa.StringArray, Labels]:
    """Draw up to the most TEXTS of the FIRST texts of train."""
    texts: list[str] = []
    for batch in corpus.read_texts(corpus_folder, "train"):
        texts += batch.to_pylist()
        if len(texts) >= FIRST:
            break
    numbers = np.random.default_rng(0).permutation(len(texts))[: TEXTS[1]]
    labels = corpus.read_labels(corpus_folder, "train")[numbers]
    return pa.array([texts[number] for number in numbers], pa.string()), labels


def _random_embedding(words: list[str]) -> Embedding:
    names = [*SPECIAL, *words]
    vocabulary = pa.table({"token": names, "count": [0] * len(names), "match": ["missing"] * len(names)})
    remap = np.arange(len(SPECIAL), len(names), dtype=np.int32)
    nothing = np.zeros(0, np.int32), np.zeros((0, DIMENSIONS), np.float32)
    return Embedding(vocabulary, remap, *nothing, {"policy": "uniform", "limit": 0.05})


def _time_word2vec(texts: Encoded, words: int) -> float:
    """Return the seconds of an epoch for each token, with the usual settings."""
    from embedding_bench.vectors.trained.word2vec import train_word2vec

    source = Word2VecVectors(
        source="word2vec",
        dimensions=DIMENSIONS,
        window=5,
        min_count=1,
        seed=1,
        algorithm="skipgram",
        negative=5,
        epochs=1,
        sample=0.001,
        missing=NormalRows(policy="normal", sd=0.1),
    )
    start = time.perf_counter()
    train_word2vec([str(number) for number in range(words)], [texts], source)
    return (time.perf_counter() - start) / max(len(texts.ids), 1)
