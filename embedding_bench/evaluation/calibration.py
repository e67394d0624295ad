"""Log loss after temperature scaling: how well probabilities rank texts, whatever their level of confidence."""

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Floats, Labels

STEPS = 30  # Newton's method needs about six
LIMIT = 5.0  # of the logarithm of the inverse temperature
TINY = 1e-7  # least probability, as in `metrics.log_loss`


def scaled_log_loss(labels: Labels, probabilities: Floats) -> float:
    """Compute the log loss, in nats, after the best temperature has scaled all logits (Guo et al., 2017).

    One number for all texts, fitted on these texts, removes over- and underconfidence, which are mended without new
    training. `labels` int32 [texts], `probabilities` [texts, classes].
    """
    logits = np.log(np.maximum(probabilities.astype(np.float64), TINY))
    logits -= logits[np.arange(len(labels)), labels][:, np.newaxis]  # relative to the actual class
    return float(np.log(_exponentials(logits, _inverse_temperature(logits)).sum(axis=1)).mean())


def _inverse_temperature(logits: npt.NDArray[np.float64]) -> float:
    """Minimise the log loss, which is convex in the inverse temperature, by Newton's method on its logarithm."""
    logarithm = 0.0
    for _ in range(STEPS):
        scale = float(np.exp(logarithm))
        weights = _exponentials(logits, scale)
        weights /= weights.sum(axis=1, keepdims=True)
        means = (weights * logits).sum(axis=1)
        slope = scale * means.mean()
        curvature = scale**2 * ((weights * logits**2).sum(axis=1) - means**2).mean()
        step = float(np.clip(slope / max(curvature + max(slope, 0.0), 1e-12), -1, 1))
        logarithm = float(np.clip(logarithm - step, -LIMIT, LIMIT))
        if abs(step) < 1e-6:
            break
    return float(np.exp(logarithm))


def _exponentials(logits: npt.NDArray[np.float64], scale: float) -> npt.NDArray[np.float64]:
    """Exponentiate scaled logits; 700 is about the largest exponent of a float64."""
    exponentials: npt.NDArray[np.float64] = np.exp(np.minimum(scale * logits, 700.0))
    return exponentials
