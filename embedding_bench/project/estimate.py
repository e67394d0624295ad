"""How long an experiment will take on so many cores: a sum over its trainings, by speeds of this machine and corpus.

Trainings stop early, mostly after half to all of their epochs; the rest is measured, see `project.speeds`.
"""

from embedding_bench.evaluation.label_budgets import FEWEST_STEPS, LEAST_STEPS
from embedding_bench.evaluation.parts import ENOUGH, FOLDS
from embedding_bench.evaluation.ranking import CONFIRMED
from embedding_bench.project.proposal import Size
from embedding_bench.project.speeds import Speeds
from embedding_bench.search.rounds import trainings
from embedding_bench.search.variant import VariantEntries
from embedding_bench.settings.baselines import Logistic
from embedding_bench.settings.complete import Settings
from embedding_bench.settings.run import Variant
from embedding_bench.settings.vectors import PredictiveVectors

START = 6.0  # seconds of a stage beside training: DVC, reading, tracing, hashing
IDLE = 3.0  # seconds of a stage that has nothing to do, such as a search without trials
OTHERS = 90.0  # seconds of the stages that wait for all others, tables, model, page, runs, and of starting workers
BUSY = 0.85  # share of the time that all cores work
RUN = 0.8  # of a training's epochs, until it stops early
CLEAN = 2e-6  # seconds for each token of the corpus
LOGISTIC = 12e-6  # seconds for each token of train and length of n-grams, for all strengths of a baseline
FEWER = 0.1  # seconds of a fit of a baseline on fewer labels
TRACE = 2.0  # seconds of a trial beside training: reading, tracing
VALIDATION = 0.11  # validation texts for each text of train
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
            fit = LOGISTIC * baseline.ngrams * size.train * words
            shared += START + IDLE + fit + FEWER * fits
            if baseline.space:
                shared += search_seconds(settings.search.trials, fit, size)
    for variant in settings.variants:
        entries = VariantEntries.of(
            settings.encoders[variant.encoder], settings.tuning[variant.tuning], settings.vectors[variant.vectors]
        )
        if entries.join()[0]:
            training = training_seconds(settings, variant, size.train, size, speeds)
            shared += search_seconds(settings.search.trials, training, size)
    each = sorted(replicate_seconds(settings, variant, size, speeds) for variant in settings.variants)
    twice = each[-CONFIRMED:]
    shared += (START + IDLE) * len(each) + replicates * (sum(each) + sum(twice))
    # Vectors are one task, and a replicate is another: more cores do not shorten them.
    return OTHERS + max((own + shared) / (1 if cores == 1 else BUSY * cores), own + each[-1] + twice[-1])


def search_seconds(trials: int, training: float, size: Size) -> float:
    """Estimate the seconds of a row's search, by those of a training on all of train."""
    if not trials:
        return 0.0
    parts, longer = 1, 1.0
    if VALIDATION * size.train < ENOUGH:  # folds share out train and validation together
        parts, longer = FOLDS, (1 + VALIDATION) * (FOLDS - 1) / FOLDS
    return (1 + trials) * TRACE + training * parts * longer * trainings(1 + trials, round(longer * size.train))


def replicate_seconds(settings: Settings, variant: Variant, size: Size, speeds: Speeds) -> float:
    """Estimate the seconds of one replicate, on all label budgets and all of train."""
    budgets = [budget for budget in settings.training.label_budgets if budget < size.train]
    return sum(training_seconds(settings, variant, labels, size, speeds) for labels in [*budgets, size.train])


def training_seconds(settings: Settings, variant: Variant, labels: int, size: Size, speeds: Speeds) -> float:
    """Estimate the seconds of one training on so many labels."""
    encoder, tuning = settings.encoders[variant.encoder], settings.tuning[variant.tuning]
    if encoder.convex and not tuning.trainable:
        return SOLVE * labels
    read: float = encoder.epochs * labels
    if labels < size.train:
        # Few texts are trained on for more steps; a small batch takes about half as long as a full one.
        least = min(encoder.epochs * size.train, LEAST_STEPS * encoder.batch_size / 2)
        read = max(least, encoder.epochs * max(labels, FEWEST_STEPS * encoder.batch_size))
    share = speeds.tokens(encoder.max_tokens) / speeds.tokens(speeds.most_tokens[variant.encoder])
    return speeds.encoders[variant.encoder] * share * read * RUN


def in_words(seconds: float) -> str:
    """Say a time: ``about 4 minutes``."""
    minutes = max(1, round(seconds / 60))
    if minutes >= 120:
        return f"about {seconds / 3600:.1f} hours"
    return f"about {minutes} minute{'s' if minutes > 1 else ''}"
