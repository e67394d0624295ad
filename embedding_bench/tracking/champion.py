"""The rule that decides whether a new version of a registered model becomes the champion."""

from typing import NamedTuple


class Rated(NamedTuple):
    """A version with its test accuracy, and the digest of the test texts that it was measured on."""

    version: str
    accuracy: str
    test_digest: str


class Comparison(NamedTuple):
    """A new version's accuracy minus the champion's on the same texts, with its interval and p value."""

    mean: float
    low: float
    high: float
    p_value: float


class Verdict(NamedTuple):
    """Whether the new version becomes the champion, and why."""

    moves: bool
    reason: str


def judge(new: Rated, champion: Rated | None, comparison: Comparison | None, confidence: float) -> Verdict:
    """Decide whether a new version becomes the champion: if there is none, or if it is significantly better.

    `comparison` is None if the champion's answers cannot be read. The test is two-sided, at level 1 - `confidence`.
    """
    if champion is None:
        return Verdict(True, "now the champion, as the first version")
    rival = f"version {champion.version} (test accuracy {champion.accuracy})"
    undo, override = (f"`embedding-bench champion {version}`" for version in (champion.version, new.version))
    if new.test_digest != champion.test_digest:
        return _remains(rival, "it was measured on other test texts, so the two cannot be compared", override)
    if comparison is None:
        return _remains(rival, "its answers cannot be read, so the two cannot be compared", override)
    difference = describe(comparison, confidence)
    if comparison.mean > 0 and comparison.p_value < 1 - confidence:
        return Verdict(True, f"now the champion instead of {rival}: {difference}; {undo} moves it back")
    return _remains(rival, f"{difference}, not significantly better", override)


def _remains(rival: str, why: str, override: str) -> Verdict:
    return Verdict(False, f"the champion remains {rival}: {why}; {override} moves it by hand")


def describe(comparison: Comparison, confidence: float) -> str:
    """Format a difference with its interval and p value."""
    mean, low, high, p_value = comparison
    shown = "p < 0.0001" if p_value < 0.0001 else f"p = {p_value:.4f}"
    return f"difference {mean:+.4f} ({confidence:.0%} interval {low:+.4f} to {high:+.4f}, {shown})"
