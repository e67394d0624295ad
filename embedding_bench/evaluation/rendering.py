"""The leaderboard for the terminal, as Markdown, and in one sentence."""

import json
from collections.abc import Callable
from functools import partial

from embedding_bench.artifacts.leaderboard import Leaderboard, LeaderboardRow, Together


def to_text(leaderboard: Leaderboard) -> str:
    """Format the leaderboard for a terminal; an arrow marks the selected row."""
    table = to_table(leaderboard)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([lines[0], "-" * sum(widths, 2 * len(widths) - 2), *lines[1:]])


def to_markdown(leaderboard: Leaderboard) -> str:
    """Format the leaderboard as a Markdown table, the selected row in bold."""
    header, *rows = to_table(leaderboard)
    lines = ["| " + " | ".join(header[1:]) + " |", "|" + " --- |" * (len(header) - 1)]
    for mark, *cells in rows:
        lines.append("| " + " | ".join(f"**{cell}**" if mark and cell else cell for cell in cells) + " |")
    return "\n".join([*lines, "", *notes(leaderboard)]) + "\n"


def note_on_machines(leaderboard: Leaderboard, committed: str) -> str | None:
    """Say that another kind of machine trained for the last commit's leaderboard.json, if so; "" is no such file."""
    there = json.loads(committed).get("canary") if committed else None
    if there in (None, leaderboard.canary):
        return None
    return (
        f"the selected variant was trained on a machine that computes differently (canary {leaderboard.canary}) from "
        f"that of the last commit ({there}): the same settings give other last digits, within the intervals"
    )


def to_comment(leaderboard: Leaderboard, before: Leaderboard | None, revision: str) -> str:
    """Format a comment on a pull request: answer, leaderboard, and differences from that of another revision."""
    sentences = [to_sentence(leaderboard), *(pair.sentence for pair in leaderboard.learning)]
    if before is None:
        return "\n\n".join([*sentences, f"There is no leaderboard at {revision}.", to_markdown(leaderboard)])
    if before.dataset != leaderboard.dataset:
        reason = f"At {revision} the leaderboard is of {before.dataset}."
        return "\n\n".join([*sentences, reason, to_markdown(leaderboard)])
    old_rows = {row.name: row for row in before.rows}
    titles = ["variant", leaderboard.validation_title, "test", "interval", f"test at {revision}", "difference"]
    rows = [_compared(row, leaderboard.validated(row), old_rows.get(row.name)) for row in leaderboard.rows]
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * 6, *("| " + " | ".join(row) + " |" for row in rows)]
    removed = [name for name in old_rows if name not in leaderboard.names]
    changes = [f"Removed since {revision}: {', '.join(removed)}."] if removed else []
    if before.selected.name != leaderboard.selected.name:
        changes.append(f"Selected: {leaderboard.selected.name}, at {revision} {before.selected.name}.")
    caveat = "each difference is of two means with an interval each, not a test"
    return "\n\n".join([*sentences, *changes, "\n".join(lines), f"{_measured(leaderboard)}; {caveat}."]) + "\n"


def _compared(row: LeaderboardRow, validated: float | None, before: LeaderboardRow | None) -> list[str]:
    accuracy = row.accuracy
    cells = [
        row.name,
        _number(validated),
        f"{accuracy.mean:.4f}",
        f"{accuracy.low:.4f} to {accuracy.high:.4f}",
    ]
    marked = [f"**{cell}**" if row.selected else cell for cell in cells]
    if before is None:
        return [*marked, "new", ""]
    old = before.accuracy
    return [*marked, f"{old.mean:.4f} ({old.low:.4f} to {old.high:.4f})", f"{accuracy.mean - old.mean:+.4f}"]


def notes(leaderboard: Leaderboard) -> list[str]:
    """Explain the columns, and name the best possible accuracies where they are known."""
    lines = [f"{_measured(leaderboard)}; difference: selected minus this row, paired{_corrected(leaderboard)}."]
    if _is_confirmed(leaderboard):
        lines.append(
            "Rows with a value in `as selected` were trained anew with seeds that had no part in selecting; that value "
            "is what the other seeds gave."
        )
    lines += remarks(leaderboard)
    if ceiling := leaderboard.ceiling:
        lines.append(
            f"An oracle reaches {ceiling.oracle:.3f} on these texts; the best bag of words, which ignores word order, "
            f"{ceiling.bag:.3f}."
        )
    return lines


def remarks(leaderboard: Leaderboard) -> list[str]:
    """Say what averages of models add; and that validation is easier than test, where chance does not explain it."""
    averages = [_averaged(together, leaderboard.confidence) for together in leaderboard.together]
    return [*_searched(leaderboard), *averages, *_gap(leaderboard)]


def _searched(leaderboard: Leaderboard) -> list[str]:
    """Say how settings were chosen, and what the last half of the trials gained."""
    searched = {row.name: row.search for row in leaderboard.rows if row.search}
    if not searched:
        return []
    counts, folds = {found.trials for found in searched.values()}, max(found.folds for found in searched.values())
    where = f"by {folds} folds of train and validation" if folds > 1 else "on validation"
    number = f"{min(counts)} to {max(counts)}" if len(counts) > 1 else f"{max(counts)}"
    lines = [f"Settings of {len(searched)} rows are the best of {number} drawn ones and those of params.yaml, {where}."]
    if (found := leaderboard.selected.search) and len(found.expected_best) > 1:
        half, whole = found.expected_best[(len(found.expected_best) - 1) // 2].mean, found.expected_best[-1].mean
        lines.append(
            f"The last half of the trials raised the expected best of {leaderboard.selected.name} by "
            f"{100 * (whole - half):.1f} points."
        )
    edges = [f"{key} of {name}" for name, found in searched.items() for key in found.edges]
    if edges:
        lines.append(f"At an end of their space, which may be too narrow: {', '.join(edges)}.")
    return lines


def _gap(leaderboard: Leaderboard) -> list[str]:
    gap = leaderboard.validation_gap
    if gap is None or gap.low <= 0:
        return []
    return [
        f"The variants are {100 * gap.mean:.1f} points better on validation than on test ({100 * gap.low:.1f} to "
        f"{100 * gap.high:.1f}), more than the sampling of texts explains: epochs were chosen on validation, and "
        "its texts may resemble train more than test does."
    ]


def _averaged(together: Together, confidence: float) -> str:
    """Say what the average of several models adds, and what it costs."""
    accuracy, gain = together.accuracy, together.gain
    first, *others = together.members
    whose = f"{first} and {', '.join(others)}, chosen on validation," if others else f"{first}"
    return (
        f"The average of the {together.models} models of {whose} reaches {accuracy.mean:.3f} ({confidence:.0%} "
        f"interval for new texts {accuracy.low:.3f} to {accuracy.high:.3f}), {100 * gain.mean:+.1f} points against one "
        f"model of {first} ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})."
    )


def _measured(leaderboard: Leaderboard) -> str:
    replicates = max(row.replicates for row in leaderboard.rows)
    return (
        f"Test accuracy on {leaderboard.dataset}, {replicates} replicate{'s' * (replicates > 1)}, "
        f"{leaderboard.confidence:.0%} intervals for {leaderboard.covered}; selected on "
        f"validation{_criterion(leaderboard)}"
    )


def _criterion(leaderboard: Leaderboard) -> str:
    """Name the rule; older runs selected by accuracy alone, or by a log loss that was not scaled."""
    if leaderboard.select_by:
        return f" by {leaderboard.criterion} and, within its standard error, log loss after temperature scaling"
    ranked = leaderboard.rows[0].validation_rank is not None
    return ", by accuracy and, within its error, log loss" if ranked else " accuracy"


def _corrected(leaderboard: Leaderboard) -> str:
    """Say what Holm corrects; in older runs the p values alone."""
    return ", interval and p by Holm" if leaderboard.select_by else ", p by Holm"


def _is_confirmed(leaderboard: Leaderboard) -> bool:
    return any(row.is_confirmed for row in leaderboard.rows)


def to_sentence(leaderboard: Leaderboard) -> str:
    """Answer which embedding to use, with its difference to the runner-up, or to a baseline that is better."""
    selected = leaderboard.selected
    rival = min((row for row in leaderboard.rows if not row.selected), key=lambda row: row.rank)
    accuracy, difference = selected.accuracy, rival.difference
    if difference is None:
        raise ValueError(f"{rival.name}: the leaderboard has no difference to the selected row")
    significant = difference.p_value < 1 - leaderboard.confidence
    verdict = "a significant difference" if significant else "which may be due to chance"
    beaten = rival.is_baseline and rival.rank < selected.rank
    opening = f"No embedding beats {plain_name(rival)} on validation; the best is" if beaten else "Use"
    reference = "that baseline" if beaten else f"the runner-up, {plain_name(rival)}"
    seeds = " with fresh seeds" if selected.is_confirmed else ""
    return (
        f"{opening} {plain_name(selected)}: test accuracy {accuracy.mean:.3f}{seeds} ({leaderboard.confidence:.0%} "
        f"interval {accuracy.low:.3f} to {accuracy.high:.3f}), {100 * difference.mean:+.1f} points against {reference} "
        f"({100 * difference.low:+.1f} to {100 * difference.high:+.1f}, p value {probability(difference.p_value)}), "
        f"{verdict}."
    )


def plain_name(row: LeaderboardRow) -> str:
    """Describe a row in words."""
    if row.is_baseline:
        return f"the baseline {row.name}"
    return f"{row.vectors} vectors, {row.tuning}, with the {row.encoder} encoder ({row.name})"


def probability(p: float) -> str:
    """Format a p value; below 0.0001 only the bound is given."""
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def to_table(leaderboard: Leaderboard) -> list[list[str]]:
    """Format the cells of the leaderboard, the header first; the first column marks the selected row."""
    columns: dict[str, Callable[[LeaderboardRow], str]] = {
        "": lambda row: "->" if row.selected else "",
        "variant": lambda row: row.name,
        **_validation_columns(leaderboard),
        "test": lambda row: f"{row.accuracy.mean:.4f}",
        "interval": lambda row: f"{row.accuracy.low:.4f} to {row.accuracy.high:.4f}",
    }
    if _is_confirmed(leaderboard):
        columns["as selected"] = lambda row: f"{row.as_selected.mean:.4f}" if row.as_selected else ""
    columns |= {
        "macro-F1": lambda row: f"{row.macro_f1.mean:.4f}",
        "difference": _difference,
        "p": lambda row: probability(row.difference.p_value) if row.difference else "",
        "parameters": lambda row: f"{row.parameters:,}",
        **{facet: partial(_facet, facet) for facet in leaderboard.facets},
    }
    return [list(columns), *([cell(row) for cell in columns.values()] for row in leaderboard.rows)]


def _validation_columns(leaderboard: Leaderboard) -> dict[str, Callable[[LeaderboardRow], str]]:
    """Show what selection saw; older runs have fewer measures."""
    columns = {leaderboard.validation_title: lambda row: _number(leaderboard.validated(row))}
    if leaderboard.select_by:
        columns["scaled log loss"] = lambda row: _number(row.validation_scaled_log_loss)
    elif leaderboard.rows[0].validation_log_loss is not None:
        columns["log loss"] = lambda row: _number(row.validation_log_loss)
    return columns


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _difference(row: LeaderboardRow) -> str:
    difference = row.difference
    return f"{difference.mean:+.4f} ({difference.low:+.4f} to {difference.high:+.4f})" if difference else ""


def _facet(name: str, row: LeaderboardRow) -> str:
    return f"{row.facets[name]:.3f}" if row.facets else ""
