"""What intrinsic evaluation found, for people: as Markdown."""

from typing import Any

from embedding_bench.probing.drift import LEAST_COUNT, NEIGHBOURS

Table = list[list[str]]
NOTHING = "-"
LEGEND = (
    "Analogies: share of right answers by 3CosAdd (questions whose words are all known / in the file). Similarity: "
    "Spearman's rank correlation of cosines with people's scores (pairs known / in the file)."
)
MARKUP = set("\\`*_|<>[]~")


def to_markdown(found: dict[str, Any]) -> str:
    """Lay out the sources of vectors, what fine-tuning made of them, and the words that it moved most."""
    lines = ["# Vectors without a classifier", "", "## Sources", "", *sources(found["vectors"])]
    if found["finetuned"]:
        lines += ["", "## Before and after fine-tuning", "", *changes(found["finetuned"])]
    for variant, entry in found["finetuned"].items():
        lines += ["", f"## Most moved: {variant}", "", *drift(entry["drift"])]
    return "\n".join(lines) + "\n"


def sources(entries: dict[str, Any]) -> list[str]:
    """Lay out a row for each source of vectors."""
    if not entries:
        return ["No vectors but random ones, which know nothing."]
    columns = set_names(next(iter(entries.values())))
    header = ["vectors", "words", *(name for _, name in columns)]
    rows = [
        [name, f"{entry['words']:,}", *(cell(entry, *column) for column in columns)] for name, entry in entries.items()
    ]
    return [*table([header, *rows]), "", LEGEND]


def changes(entries: dict[str, Any]) -> list[str]:
    """Lay out a row for each fine-tuned variant: the same words before and after training."""
    columns = set_names(next(iter(entries.values()))["before"])
    header = ["variant", "words", *(name for _, name in columns), "moved: cosine", "moved: Euclidean", "of words"]
    rows = []
    for variant, entry in entries.items():
        cells = [change(entry, *column) for column in columns]
        moved = [figure(entry["drift"], name) for name in ("cosine", "euclidean")]
        rows.append([variant, f"{entry['before']['words']:,}", *cells, *moved, f"{entry['drift']['words']:,}"])
    return [
        *table([header, *rows]),
        "",
        "Over the words of the variant's vocabulary. Moved: the mean distance of the words that occur in train, from "
        "their vectors before to those after training.",
    ]


def drift(entry: dict[str, Any]) -> list[str]:
    """Lay out the words that moved most."""
    if not entry["most_moved"]:
        return [f"No word occurs {LEAST_COUNT} times in train."]
    header = ["word", "in train", "cosine distance", "Euclidean", "nearest before", "nearest after"]
    rows = [
        [
            shown(row["word"]),
            f"{row['count']:,}",
            f"{row['cosine']:.3f}",
            f"{row['euclidean']:.3f}",
            *(", ".join(map(shown, row[when])) for when in ("before", "after")),
        ]
        for row in entry["most_moved"]
    ]
    return [
        *table([header, *rows]),
        "",
        f"By cosine distance, among the {entry['frequent']:,} words that occur in train at least {LEAST_COUNT} times; "
        f"so are their {NEIGHBOURS} nearest neighbours.",
    ]


def set_names(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """Name the sets of a measured space, analogies first."""
    return [(kind, name) for kind in ("analogies", "similarity") for name in entry[kind]]


def cell(entry: dict[str, Any], kind: str, name: str) -> str:
    """Write a set's figure and its coverage: ``46.3 % (18,424 / 19,544)``."""
    return f"{value(entry[kind][name])} ({coverage(entry[kind][name])})"


def change(entry: dict[str, Any], kind: str, name: str) -> str:
    """Write a set's figures before and after, and their coverage, which is the same."""
    before, after = (entry[when][kind][name] for when in ("before", "after"))
    return f"{value(before)} -> {value(after)} ({coverage(before)})"


def value(measured: dict[str, float]) -> str:
    """Write an accuracy as a percentage, a correlation with three digits, and what nothing stands behind as a dash."""
    return f"{100 * measured['accuracy']:.1f} %" if "accuracy" in measured else figure(measured, "rho")


def coverage(measured: dict[str, float]) -> str:
    """Write how much of a set was known."""
    known, every = ("asked", "questions") if "asked" in measured else ("covered", "pairs")
    return f"{measured[known]:,} / {measured[every]:,}"


def figure(measured: dict[str, float], name: str) -> str:
    """Write a figure with three digits, or a dash where there is none."""
    return f"{measured[name]:.3f}" if name in measured else NOTHING


def table(rows: Table) -> list[str]:
    """Lay rows out as a Markdown table, below the first as its header."""
    header, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return [header, "|" + " --- |" * len(rows[0]), *body]


def shown(word: str) -> str:
    """Write a word so that it cannot break a table: with escapes for what is unprintable or markup."""
    visible = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in word)
    return "".join(f"\\{sign}" if sign in MARKUP else sign for sign in visible) or "(empty)"
