"""Markdown tables of the results of intrinsic evaluation."""

from typing import Any

from embedding_bench.probing.drift import LEAST_COUNT, NEIGHBOURS

MISSING = "-"
LEGEND = (
    "Analogies: share of right answers by 3CosAdd (questions whose words are all known / in the file). Similarity: "
    "Spearman's rank correlation of cosines with people's scores (pairs known / in the file)."
)
MARKUP = set("\\`*_|<>[]~")


def to_markdown(results: dict[str, Any]) -> str:
    """Render the sources of vectors, the effect of fine-tuning on them, and the words that moved most."""
    lines = ["# Vectors without a classifier", "", "## Sources", "", *source_table(results["vectors"])]
    if results["finetuned"]:
        lines += ["", "## Before and after fine-tuning", "", *change_table(results["finetuned"])]
    for variant, entry in results["finetuned"].items():
        lines += ["", f"## Most moved: {variant}", "", *drift_table(entry["drift"])]
    return "\n".join(lines) + "\n"


def source_table(entries: dict[str, Any]) -> list[str]:
    """Render a row for each source of vectors."""
    if not entries:
        return ["No vectors but random ones, which know nothing."]
    columns = set_names(next(iter(entries.values())))
    header = ["vectors", "words", *(name for _, name in columns)]
    rows = [
        [name, f"{entry['words']:,}", *(score_cell(entry, *column) for column in columns)]
        for name, entry in entries.items()
    ]
    return [*markdown_table([header, *rows]), "", LEGEND]


def change_table(entries: dict[str, Any]) -> list[str]:
    """Render a row for each fine-tuned variant: scores before and after training on the same words."""
    columns = set_names(next(iter(entries.values()))["before"])
    header = ["variant", "words", *(name for _, name in columns), "moved: cosine", "moved: Euclidean", "of words"]
    rows = []
    for variant, entry in entries.items():
        cells = [change_cell(entry, *column) for column in columns]
        moved = [format_value(entry["drift"], name) for name in ("cosine", "euclidean")]
        rows.append([variant, f"{entry['before']['words']:,}", *cells, *moved, f"{entry['drift']['words']:,}"])
    return [
        *markdown_table([header, *rows]),
        "",
        "Over the words of the variant's vocabulary. Moved: the mean distance of the words that occur in train, from "
        "their vectors before to those after training.",
    ]


def drift_table(entry: dict[str, Any]) -> list[str]:
    """Render a row for each of the words that moved most."""
    if not entry["most_moved"]:
        return [f"No word occurs {LEAST_COUNT} times in train."]
    header = ["word", "in train", "cosine distance", "Euclidean", "nearest before", "nearest after"]
    rows = [
        [
            escape(row["word"]),
            f"{row['count']:,}",
            f"{row['cosine']:.3f}",
            f"{row['euclidean']:.3f}",
            *(", ".join(map(escape, row[when])) for when in ("before", "after")),
        ]
        for row in entry["most_moved"]
    ]
    return [
        *markdown_table([header, *rows]),
        "",
        f"By cosine distance, among the {entry['frequent']:,} words that occur in train at least {LEAST_COUNT} times; "
        f"so are their {NEIGHBOURS} nearest neighbours.",
    ]


def set_names(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """Return kind and name of the sets of a measured space, analogies first."""
    return [(kind, name) for kind in ("analogies", "similarity") for name in entry[kind]]


def score_cell(entry: dict[str, Any], kind: str, name: str) -> str:
    """Format the score of a set and its coverage: ``46.3 % (18,424 / 19,544)``."""
    return f"{format_score(entry[kind][name])} ({format_coverage(entry[kind][name])})"


def change_cell(entry: dict[str, Any], kind: str, name: str) -> str:
    """Format the scores of a set before and after training, and their common coverage."""
    before, after = (entry[when][kind][name] for when in ("before", "after"))
    return f"{format_score(before)} -> {format_score(after)} ({format_coverage(before)})"


def format_score(score: dict[str, float]) -> str:
    """Format an accuracy as a percentage, or a correlation with three digits; a dash if there is neither."""
    return f"{100 * score['accuracy']:.1f} %" if "accuracy" in score else format_value(score, "rho")


def format_coverage(score: dict[str, float]) -> str:
    """Format the coverage of a set: ``18,424 / 19,544``."""
    known, total = ("asked", "questions") if "asked" in score else ("covered", "pairs")
    return f"{score[known]:,} / {score[total]:,}"


def format_value(values: dict[str, float], name: str) -> str:
    """Format a value with three digits; a dash if it is missing."""
    return f"{values[name]:.3f}" if name in values else MISSING


def markdown_table(rows: list[list[str]]) -> list[str]:
    """Render the lines of a Markdown table; the first row is the header."""
    header, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return [header, "|" + " --- |" * len(rows[0]), *body]


def escape(word: str) -> str:
    """Escape unprintable characters and markup of a word, so that it cannot break a table."""
    printable = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in word)
    return "".join(f"\\{char}" if char in MARKUP else char for char in printable) or "(empty)"
