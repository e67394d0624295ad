"""The two sources of variance of a row's mean: the sample of texts, and the seeds of its trainings."""

from embedding_bench.evaluation.criteria import Values


def text_variance(means: Values) -> float:
    """Estimate the variance that texts give a mean, from each text's mean over replicates, float64 [texts]."""
    texts = len(means)
    sampled = float(means.var(ddof=1)) if texts > 1 else 0.0
    return max(sampled, least_variance(texts)) / texts


def least_variance(texts: int) -> float:
    """Return the variance floor for unanimous texts: eight right predictions of eight keep some uncertainty.

    It is the variance after adding two right and two wrong texts (Agresti and Coull, 1998).
    """
    return 2 * (texts + 2) / (texts + 4) ** 2


def seed_variance(values: Values) -> float:
    """Estimate the variance of a replicate's mean from values float64 [replicates, texts]; 0 for one replicate."""
    return float(values.mean(axis=1).var(ddof=1)) if len(values) > 1 else 0.0
