"""The leaderboard for people: in the terminal, in Markdown, and as one sentence."""

from typing import Any

Leaderboard = dict[str, Any]


def to_text(board: Leaderboard) -> str:
    """Lay the leaderboard out for a terminal, the selected row marked with an arrow."""
    table = _table(board["rows"])
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([lines[0], "-" * sum(widths, 2 * len(widths) - 2), *lines[1:], "", *notes(board)])


def to_markdown(board: Leaderboard) -> str:
    """Lay the leaderboard out as a Markdown table, the selected row in bold."""
    header, *rows = _table(board["rows"])
    lines = ["| " + " | ".join(header[1:]) + " |", "|" + " --- |" * (len(header) - 1)]
    for mark, *cells in rows:
        lines.append("| " + " | ".join(f"**{cell}**" if mark and cell else cell for cell in cells) + " |")
    return "\n".join([*lines, "", *notes(board)]) + "\n"


def to_comment(board: Leaderboard, before: Leaderboard | None, revision: str) -> str:
    """Lay out what a pull request is told: the answer, the leaderboard, and how it differs from another revision's."""
    told = [to_sentence(board), *(pair["told"] for pair in board["learning"])]
    if before is None:
        return "\n\n".join([*told, f"No leaderboard stands at {revision}.", to_markdown(board)])
    if before["dataset"] != board["dataset"]:
        return "\n\n".join([*told, f"At {revision} the leaderboard is of {before['dataset']}.", to_markdown(board)])
    then, now = ({row["variant"]: row for row in one["rows"]} for one in (before, board))
    lines = ["| variant | validation | test | interval | test at " + revision + " | difference |", "|" + " --- |" * 6]
    for name, row in now.items():
        lines.append("| " + " | ".join(_compared(row, then.get(name))) + " |")
    gone = [name for name in then if name not in now]
    selected = [next(name for name, row in rows.items() if row["selected"]) for rows in (then, now)]
    changes = [f"Gone since {revision}: {', '.join(gone)}."] if gone else []
    if selected[0] != selected[1]:
        changes.append(f"Selected: {selected[1]}, at {revision} {selected[0]}.")
    unsure = "a difference is of two means, each with its interval, and no test"
    return "\n\n".join([*told, *changes, "\n".join(lines), f"{measured(board)}; {unsure}."]) + "\n"


def _compared(row: dict[str, Any], before: dict[str, Any] | None) -> list[str]:
    accuracy = row["accuracy"]
    cells = [
        row["variant"],
        f"{row['validation_accuracy']:.4f}",
        f"{accuracy['mean']:.4f}",
        f"{accuracy['low']:.4f} to {accuracy['high']:.4f}",
    ]
    marked = [f"**{cell}**" if row["selected"] else cell for cell in cells]
    if before is None:
        return [*marked, "new", ""]
    then = before["accuracy"]
    was = f"{then['mean']:.4f} ({then['low']:.4f} to {then['high']:.4f})"
    return [*marked, was, f"{accuracy['mean'] - then['mean']:+.4f}"]


def notes(board: Leaderboard) -> list[str]:
    """Say what the columns mean, and what the corpus allows at most."""
    lines = [f"{measured(board)}; behind: selected minus this row, paired, p by Holm."]
    if board["ceiling"]:
        oracle, bag = board["ceiling"]["oracle"], board["ceiling"]["bag"]
        lines.append(
            f"An oracle reaches {oracle:.3f} on these texts; the best bag of words, which sees no order, {bag:.3f}."
        )
    return lines


def measured(board: Leaderboard) -> str:
    """Say what the accuracies are."""
    replicates = max(row["replicates"] for row in board["rows"])
    # Runs of older commits selected by accuracy alone.
    by_log_loss = (
        ", by accuracy and, within its error, log loss" if "validation_rank" in board["rows"][0] else " accuracy"
    )
    return (
        f"Test accuracy on {board['dataset']}, {replicates} replicates, {board['confidence']:.0%} intervals for new "
        f"texts, seeds; selected on validation{by_log_loss}"
    )


def to_sentence(board: Leaderboard) -> str:
    """Answer the question: which embedding, by how much, how sure; and say so where a baseline does better."""
    chosen = next(row for row in board["rows"] if row["selected"])
    rivals = [row for row in board["rows"] if not row["selected"]]
    rival = min(rivals, key=lambda row: row["validation_rank"])
    accuracy, gap = chosen["accuracy"], rival["behind_selected"]
    told_apart = gap["p_value"] < 1 - board["confidence"]
    verdict = "a difference that these texts can tell from chance" if told_apart else "which may be chance"
    behind = rival["tuning"] is None and rival["validation_rank"] < chosen["validation_rank"]
    opening = f"No embedding beats {plain(rival)} on validation; the best is" if behind else "Use"
    return (
        f"{opening} {plain(chosen)}: test accuracy {accuracy['mean']:.3f} ({board['confidence']:.0%} interval "
        f"{accuracy['low']:.3f} to {accuracy['high']:.3f}), {100 * gap['mean']:+.1f} points against "
        f"{'that baseline' if behind else f'the runner-up, {plain(rival)}'} ({100 * gap['low']:+.1f} to "
        f"{100 * gap['high']:+.1f}, p value {probability(gap['p_value'])}), {verdict}."
    )


def plain(row: dict[str, Any]) -> str:
    """Name a row in words."""
    if row["tuning"] is None:
        return f"the baseline {row['variant']}"
    return f"{row['vectors']} vectors, {row['tuning']}, with the {row['encoder']} encoder ({row['variant']})"


def probability(p: float) -> str:
    """Write a p value; small ones are known by their size alone."""
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _table(rows: list[dict[str, Any]]) -> list[list[str]]:
    facets = list(rows[0].get("facets", ()))
    judged = ["validation", "log loss"] if "validation_log_loss" in rows[0] else ["validation"]
    header = ["", "variant", *judged, "test", "interval", "macro-F1", "behind", "p", "parameters", *facets]
    return [header, *(_cells(row, facets) for row in rows)]


def _cells(row: dict[str, Any], facets: list[str]) -> list[str]:
    accuracy, gap = row["accuracy"], row["behind_selected"]
    return [
        "->" if row["selected"] else "",
        row["variant"],
        f"{row['validation_accuracy']:.4f}",
        *([f"{row['validation_log_loss']:.4f}"] if "validation_log_loss" in row else []),
        f"{accuracy['mean']:.4f}",
        f"{accuracy['low']:.4f} to {accuracy['high']:.4f}",
        f"{row['macro_f1']['mean']:.4f}",
        "" if gap is None else f"{gap['mean']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f})",
        "" if gap is None else probability(gap["p_value"]),
        f"{row['parameters']:,}",
        *(f"{row['facets'][facet]:.3f}" for facet in facets),
    ]
