"""Which version of a registered model is to be served: the new one or the one that was the champion until now."""

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
    """Give the title to a version without rival, or to one that is better than chance explains.

    `comparison` is None where the champion's answers are not to be had.
    """
    if champion is None:
        return Verdict(True, "the champion now, as the first")
    rival = f"version {champion.version}, test accuracy {champion.accuracy}"
    back, over = (f"`make champion VERSION={version}`" for version in (champion.version, new.version))
    if new.test_digest != champion.test_digest:
        return _stays(rival, "it was tested on other texts, so that the two cannot be compared", over)
    if comparison is None:
        return _stays(rival, "its answers cannot be read, so that the two cannot be compared", over)
    found = describe(comparison, confidence)
    if comparison.mean > 0 and comparison.p_value < 1 - confidence:
        return Verdict(True, f"the champion now, in place of {rival}: {found}; {back} moves it back")
    return _stays(rival, f"{found}, which is not better by more than chance explains", over)


def _stays(rival: str, why: str, over: str) -> Verdict:
    return Verdict(False, f"the champion stays {rival}: {why}; {over} moves it by hand")


def describe(comparison: Comparison, confidence: float) -> str:
    """Write a difference with its interval and p value."""
    mean, low, high, p_value = comparison
    shown = "p < 0.0001" if p_value < 0.0001 else f"p = {p_value:.4f}"
    return f"difference {mean:+.4f} ({confidence:.0%} interval {low:+.4f} to {high:+.4f}, {shown})"
