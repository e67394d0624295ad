"""How long an experiment will take on so many cores: a sum over its trainings, by speeds of this machine and corpus.

Trainings stop early, mostly after half to all of their epochs; the rest is measured, see `project.speeds`.
"""

from embedding_bench.evaluation.label_budgets import FEWEST_STEPS, LEAST_STEPS
from embedding_bench.evaluation.ranking import CONFIRMED
from embedding_bench.project.proposal import Size
from embedding_bench.project.speeds import Speeds
from embedding_bench.settings.baselines import Logistic
from embedding_bench.settings.complete import Settings
from embedding_bench.settings.encoders import PoolingEncoder
from embedding_bench.settings.run import Variant
from embedding_bench.settings.vectors import PredictiveVectors

START = 6.0  # seconds of a stage beside training: DVC, reading, tracing, hashing
OTHERS = 90.0  # seconds of the stages that wait for all others, tables, model, page, runs, and of starting workers
BUSY = 0.85  # share of the time that all cores work
RUN = 0.8  # of a training's epochs, until it stops early
CLEAN = 2e-6  # seconds for each token of the corpus
LOGISTIC = 12e-6  # seconds for each token of train and length of n-grams, for all strengths of a baseline
FEWER = 0.1  # seconds of a fit of a baseline on fewer labels
SOLVE = 3e-4  # seconds for each text, by the path of strengths of a frozen average


def estimate_seconds(settings: Settings, size: Size, speeds: Speeds, cores: int) -> float:
    """Estimate the seconds of the run of `settings` on texts of this size."""
    words, own = speeds.tokens(None), 0.0
    for name in settings.run.vectors:
        vectors = settings.vectors[name]
        if isinstance(vectors, PredictiveVectors):
            texts = min(size.texts, vectors.max_texts or size.texts)
            own += speeds.word2vec * vectors.epochs * texts * words * len(settings.run.vectorizers)
    shared, replicates = CLEAN * size.texts * words, settings.training.replicates
    for name in settings.run.baselines:
        baseline = settings.baselines[name]
        if isinstance(baseline, Logistic):
            fits = replicates * len(settings.training.label_budgets) * len(baseline.strengths)
            shared += START + LOGISTIC * baseline.ngrams * size.train * words + FEWER * fits
    each = sorted(replicate_seconds(settings, variant, size, speeds) for variant in settings.variants)
    twice = each[-CONFIRMED:]
    shared += START * len(each) + replicates * (sum(each) + sum(twice))
    # Vectors are one task, and a replicate is another: more cores do not shorten them.
    return OTHERS + max((own + shared) / (1 if cores == 1 else BUSY * cores), own + each[-1] + twice[-1])


def replicate_seconds(settings: Settings, variant: Variant, size: Size, speeds: Speeds) -> float:
    """Estimate the seconds of one replicate, on all label budgets and all of train."""
    encoder, tuning = settings.encoders[variant.encoder], settings.tuning[variant.tuning]
    budgets = [budget for budget in settings.training.label_budgets if budget < size.train]
    if isinstance(encoder, PoolingEncoder) and not tuning.trainable and not encoder.ngrams and not encoder.hidden:
        return SOLVE * (sum(budgets) + size.train)
    whole = encoder.epochs * size.train
    # A small batch takes about half as long as a full one.
    least = min(whole, LEAST_STEPS * encoder.batch_size / 2)
    texts = (
        sum(max(least, encoder.epochs * max(budget, FEWEST_STEPS * encoder.batch_size)) for budget in budgets) + whole
    )
    share = speeds.tokens(encoder.max_tokens) / speeds.tokens(speeds.most_tokens[variant.encoder])
    return speeds.encoders[variant.encoder] * share * texts * RUN


def in_words(seconds: float) -> str:
    """Say a time: ``about 4 minutes``."""
    minutes = max(1, round(seconds / 60))
    if minutes >= 120:
        return f"about {seconds / 3600:.1f} hours"
    return f"about {minutes} minute{'s' if minutes > 1 else ''}"
