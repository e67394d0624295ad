"""How long an experiment will take: a sum over its trainings, from costs measured on one core, shared by all cores.

The costs come from the runs in results/ and of the sample corpus; they hold within a factor of two on a machine like
that. Trainings stop early, mostly after half to all of their epochs: hence a range.
"""

from typing import NamedTuple

from embedding_bench.evaluation.label_budgets import FEWEST_STEPS
from embedding_bench.evaluation.ranking import CONFIRMED
from embedding_bench.settings.baselines import Logistic
from embedding_bench.settings.complete import Settings
from embedding_bench.settings.encoders import CNNEncoder, PoolingEncoder, RecurrentEncoder
from embedding_bench.settings.run import Variant
from embedding_bench.settings.vectors import PredictiveVectors

START = 6.0  # seconds of a stage beside training: DVC, imports, tracing, hashing
OTHERS = 100.0  # all other stages together
BUSY = 0.85  # share of the time that all cores work
# Seconds for each token and pass over the corpus.
CLEAN = 1e-6
WORD2VEC = 3e-6
LSTM = 3e-6  # in one direction, one layer
CONVOLUTION = 1.5e-6
MEAN = 0.05e-6
LOGISTIC = 12e-6
STEP = 0.0006  # seconds of a step of the fine-tuned mean, whatever its texts
FROZEN_TEXT = 0.6e-6  # a frozen mean costs by text: it is pooled once
LEAST_EPOCHS = 0.5


class Size(NamedTuple):
    """Labelled train texts, all texts, and the words of a text in the mean."""

    train: int
    texts: int
    words: float


def estimate_seconds(settings: Settings, size: Size, jobs: int) -> tuple[float, float]:
    """Return about the least and the most seconds of the run of `settings` on texts of this size, on `jobs` cores."""
    fixed = OTHERS + START * (3 + len(settings.run.variants)) + CLEAN * size.texts * size.words
    for name in settings.run.vectors:
        vectors = settings.vectors[name]
        if isinstance(vectors, PredictiveVectors):
            fixed += WORD2VEC * vectors.epochs * size.texts * size.words * len(settings.run.vectorizers)
    for name in settings.run.baselines:
        baseline = settings.baselines[name]
        if isinstance(baseline, Logistic):
            fixed += LOGISTIC * baseline.ngrams * size.train * size.words
    training = sorted(training_seconds(settings, variant, size) for variant in settings.run.variants)
    low, high = sum(training) + sum(training[:CONFIRMED]), sum(training) + sum(training[-CONFIRMED:])
    cores = 1 if jobs == 1 else BUSY * jobs
    return (fixed + LEAST_EPOCHS * low) / cores, (fixed + high) / cores


def training_seconds(settings: Settings, variant: Variant, size: Size) -> float:
    """Estimate the seconds of all trainings of a variant: a small batch takes as long as a full one."""
    least = FEWEST_STEPS * settings.encoders[variant.encoder].batch_size
    budgets = [min(max(budget, least), size.train) for budget in settings.training.label_budgets if budget < size.train]
    return sum(epoch_seconds(settings, variant, size._replace(train=texts)) for texts in [*budgets, size.train])


def epoch_seconds(settings: Settings, variant: Variant, size: Size) -> float:
    """Estimate the seconds of all epochs of all replicates of a variant on so many texts."""
    encoder, trainable = settings.encoders[variant.encoder], settings.tuning[variant.tuning].trainable
    words = min(size.words, encoder.max_tokens or size.words)
    if isinstance(encoder, RecurrentEncoder):
        epoch = LSTM * size.train * words * len(encoder.units) * (2 if encoder.kind == "bilstm" else 1)
    elif isinstance(encoder, CNNEncoder):
        epoch = CONVOLUTION * size.train * words * len(encoder.widths)
    elif trainable or not isinstance(encoder, PoolingEncoder):
        epoch = STEP * size.train / encoder.batch_size + MEAN * size.train * words
    else:
        epoch = STEP / 2 * size.train / encoder.batch_size + FROZEN_TEXT * size.train
    return epoch * encoder.epochs * settings.training.replicates


def in_words(seconds: tuple[float, float]) -> str:
    """Say a range of time: ``about 4 to 7 minutes``."""
    low, high = (max(1, round(value / 60)) for value in seconds)
    if high >= 120:
        return f"about {low / 60:.1f} to {high / 60:.1f} hours"
    return f"about {low} to {high} minutes" if low < high else f"about {high} minute{'s' if high > 1 else ''}"
