"""The leaderboard as a table of the page: cells to sort by, intervals drawn in them, and filters."""

from collections.abc import Sequence
from typing import NamedTuple

from embedding_bench.artifacts.leaderboard import Interval, Leaderboard, LeaderboardRow
from embedding_bench.evaluation.rendering import probability
from embedding_bench.settings.run import Variant


class Whisker(NamedTuple):
    """Positions of an interval, its mean and 0 on the scale of a column, in percent of its width."""

    low: float
    mean: float
    high: float
    zero: float | None


class Cell(NamedTuple):
    """A cell: the value to sort by, the text, and the interval in words and drawn."""

    sort: float | None
    text: str
    note: str = ""
    interval: Whisker | None = None


class PageTable(NamedTuple):
    """Titles of columns, and rows with a cell for each."""

    columns: list[str]
    rows: list[tuple[LeaderboardRow, tuple[Cell, ...]]]


def tabulate(leaderboard: Leaderboard) -> PageTable:
    """Lay out the leaderboard."""
    rows = leaderboard.rows
    differences, selected = [row.difference for row in rows], [row.as_selected for row in rows]
    columns = {
        leaderboard.validation_title: [number(leaderboard.validated(row)) for row in rows],
        "scaled log loss": [number(row.validation_scaled_log_loss) for row in rows],
        "test accuracy": whiskers([row.accuracy for row in rows], "{:.3f}"),
        **({"as selected": [number(score.mean if score else None) for score in selected]} if any(selected) else {}),
        "macro-F1": whiskers([row.macro_f1 for row in rows], "{:.3f}"),
        "difference": whiskers(differences, "{:+.3f}"),
        "p value": [Cell(d.p_value, probability(d.p_value)) if d else Cell(None, "") for d in differences],
        "log loss": [number(row.log_loss) for row in rows],
        "calibration error": [number(row.calibration_error) for row in rows],
        "parameters": [Cell(row.parameters, f"{row.parameters:,}") for row in rows],
        **{facet: [number((row.facets or {}).get(facet)) for row in rows] for facet in leaderboard.facets},
    }
    return PageTable(list(columns), list(zip(rows, zip(*columns.values(), strict=True), strict=True)))


def number(value: float | None) -> Cell:
    """Format a number without an interval; None is an empty cell."""
    return Cell(None, "") if value is None else Cell(value, f"{value:.3f}")


def whiskers(intervals: Sequence[Interval | None], form: str) -> list[Cell]:
    """Format means with their intervals, drawn on one scale; None is an empty cell."""
    present = [interval for interval in intervals if interval]
    if not present:
        return [Cell(None, "") for _ in intervals]
    least, most = min(interval.low for interval in present), max(interval.high for interval in present)

    def percent(value: float) -> float:
        return round(100 * (value - least) / ((most - least) or 1), 2)

    zero = percent(0) if least < 0 < most else None
    return [
        Cell(
            interval.mean,
            form.format(interval.mean),
            f"{form.format(interval.low)} to {form.format(interval.high)}",
            Whisker(percent(interval.low), percent(interval.mean), percent(interval.high), zero),
        )
        if interval
        else Cell(None, "")
        for interval in intervals
    ]


def filters(leaderboard: Leaderboard) -> dict[str, list[str]]:
    """List the values of every axis with several."""
    variants = [row.variant for row in leaderboard.rows if row.variant]
    values = {axis: sorted({getattr(variant, axis) for variant in variants}) for axis in Variant._fields}
    return {axis: names for axis, names in values.items() if len(names) > 1}
