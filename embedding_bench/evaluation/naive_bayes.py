"""What terms tell of a class: log-count ratios (Wang and Manning, 2012)."""

import numpy as np
import numpy.typing as npt

PRIOR = 1.0  # added to the count of each term inside and outside a class

Counts = npt.NDArray[np.float64] | npt.NDArray[np.int64]


def log_count_ratios(inside: Counts, outside: Counts) -> npt.NDArray[np.float64]:
    """Return log(p_j / sum p) - log(q_j / sum q) of each term j: float64 [..., terms].

    p counts the texts of a class that have the term, q those of the rest, each plus PRIOR.
    """
    p, q = np.asarray(inside, np.float64) + PRIOR, np.asarray(outside, np.float64) + PRIOR
    ratios: npt.NDArray[np.float64] = np.log(p / p.sum(axis=-1, keepdims=True)) - np.log(
        q / q.sum(axis=-1, keepdims=True)
    )
    return ratios
