"""The rule that decides whether a new version of a registered model becomes the champion.

Versions are compared on validation: its texts trained neither, and chose the epoch of each alike. Every comparison is
another chance of a false move, so that the k-th is tested at the level alpha / (k (k + 1)). These levels sum to alpha
over any number of versions: among versions that were chosen alike, the chance that the title ever moves to one that is
no better stays below alpha (Bonferroni's inequality, spent as in Foster and Stine, 2008, but never earned back).
"""

from typing import NamedTuple


class Rated(NamedTuple):
    """A version with its validation accuracy, and the digest of the validation texts that it was measured on."""

    version: str
    accuracy: str
    digest: str


class Comparison(NamedTuple):
    """A new version's accuracy minus the champion's on the same texts, with its interval and one-sided p value."""

    mean: float
    low: float
    high: float
    p_value: float


class Verdict(NamedTuple):
    """Whether the new version becomes the champion, and why."""

    moves: bool
    reason: str


def level_of(comparison: int, confidence: float) -> float:
    """Return the level of a comparison, the first of which is number 1; all levels sum to 1 - `confidence`.

    >>> [round(level_of(number, 0.95), 4) for number in (1, 2, 3)]
    [0.025, 0.0083, 0.0042]
    """
    return (1 - confidence) / (comparison * (comparison + 1))


def judge(new: Rated, champion: Rated | None, comparison: Comparison | None, level: float) -> Verdict:
    """Decide whether a new version becomes the champion: if there is none, or if it is significantly better.

    `comparison` is None if the champion's answers cannot be read. The test is one-sided, at `level`.
    """
    if champion is None:
        return Verdict(True, "now the champion, as the first version")
    rival = f"version {champion.version} (validation accuracy {champion.accuracy})"
    undo, override = (f"`embedding-bench champion {version}`" for version in (champion.version, new.version))
    if new.digest != champion.digest:
        return _remains(rival, "it was measured on other validation texts, so the two cannot be compared", override)
    if comparison is None:
        return _remains(rival, "its answers cannot be read, so the two cannot be compared", override)
    difference = describe(comparison, level)
    if comparison.p_value < level:
        return Verdict(True, f"now the champion instead of {rival}: {difference}; {undo} moves it back")
    return _remains(rival, f"{difference}, not significantly better", override)


def _remains(rival: str, why: str, override: str) -> Verdict:
    return Verdict(False, f"the champion remains {rival}: {why}; {override} moves it by hand")


def describe(comparison: Comparison, level: float) -> str:
    """Format a difference with its interval, p value and level; the interval excludes 0 where p is below the level."""
    mean, low, high, p_value = comparison
    shown = "p < 0.0001" if p_value < 0.0001 else f"p = {p_value:.4f}"
    return f"validation difference {mean:+.4f} ({low:+.4f} to {high:+.4f}, {shown} at level {level:.2g})"
