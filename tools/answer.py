"""Answer the question for one's own texts: which embedding, by how much, how sure."""

import argparse
import itertools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from stages.core import errors, settings
from stages.core.artifacts.corpus import SPLITS
from stages.core.artifacts.files import read_json
from stages.core.errors import UserError
from stages.core.settings import PARAMS, FolderDataset, Settings, TableDataset
from stages.corpus.opening import open_dataset, propose
from stages.results.rendering import to_sentence, to_text
from tools.estimate import Size, estimate_seconds, in_words
from tools.experiment import BACK, committed, run_as_it_stands, run_experiment
from tools.leaderboard import LEADERBOARD
from tools.params_file import change, dump
from tools.publish import publish_pending

SHOWN_CLASSES = 8
LONG_WORD = 20  # characters between spaces, in the mean: no language that parts words has so many
IMBALANCE = 10


class Looked(NamedTuple):
    """What a pass over the data has found; labels by split, words and characters of each text of all splits."""

    labels: dict[str, np.ndarray]
    names: list[str]
    words: np.ndarray
    characters: int
    notes: list[str]


def look(dataset: TableDataset | FolderDataset, path: Path) -> Looked:
    """Read everything once, a chunk at a time.

    Raises:
        UserError: A row cannot be read; the message names its place.
    """
    source = open_dataset(dataset, path)
    labels: dict[str, np.ndarray] = {}
    words, characters = [], 0
    for split, read in source.splits.items():
        found = [np.zeros(0, np.int32)]
        for chunk in read():
            found.append(chunk.labels)
            words.append(np.fromiter((len(text.split()) for text in chunk.texts), np.int64, len(chunk.texts)))
            characters += sum(map(len, chunk.texts))
        labels[split] = np.concatenate(found)
    return Looked(labels, source.labels(), np.concatenate([*words, np.zeros(0, int)]), characters, source.notes())


def describe(path: Path, looked: Looked) -> Iterable[str]:
    """Say what the data hold: rows, classes, lengths."""
    rows = {split: len(labels) for split, labels in looked.labels.items()}
    sizes = ", ".join(f"{rows[split]:,} {split}" for split in SPLITS if split in rows)
    yield f"{path}: {sum(rows.values()):,} texts" + (f" ({sizes})" if len(rows) > 1 else "")
    yield from (f"  {note}" for note in looked.notes)
    counts = class_counts(looked)
    shown = sorted(counts, key=lambda name: (-counts[name], name))[:SHOWN_CLASSES]
    more = f" and {len(counts) - len(shown)} more" if len(counts) > len(shown) else ""
    yield f"  {len(counts)} classes: " + ", ".join(f"{name} {counts[name]:,}" for name in shown) + more
    if unlabelled := sum(int((labels < 0).sum()) for labels in looked.labels.values()):
        yield f"  {unlabelled:,} texts without a label, which word2vec reads too"
    low, middle, high = (int(np.percentile(looked.words, q)) for q in (5, 50, 95))
    yield f"  words in a text: {low} to {high} (5th to 95th percentile), {middle} in the middle"
    if without_spaces(looked):
        yield "  few spaces: characters are the tokens"
    if counts and max(counts.values()) >= IMBALANCE * min(counts.values()):
        yield "  classes of very different size: read macro-F1 beside accuracy, try `training.class_weights: balanced`"


def class_counts(looked: Looked) -> dict[str, int]:
    """Count the labelled texts of each class."""
    labels = np.concatenate(list(looked.labels.values()))
    counts = np.bincount(labels[labels >= 0], minlength=len(looked.names))
    return dict(zip(looked.names, counts.tolist(), strict=True))


def without_spaces(looked: Looked) -> bool:
    """Tell whether the language puts no spaces between words."""
    return looked.characters > LONG_WORD * max(int(looked.words.sum()), 1)


def changes_for(name: str, dataset: TableDataset | FolderDataset, path: Path, looked: Looked) -> dict[str, Any]:
    """Return the values of params.yaml that make the data the dataset of the run."""
    entry = {"source": dataset.source, **dataset.model_dump()}  # the source first
    changes: dict[str, Any] = {"dataset": name, "input": str(path), "datasets": {name: entry}}
    if without_spaces(looked):
        changes["run"] = {"vectorizers": ["characters"], "baselines": ["majority", "tfidf-characters"]}
    return changes


def entry_name(path: Path, dataset: TableDataset | FolderDataset, found: Settings) -> str:
    """Make a name for the catalogue of the file's or folder's name; never one of another entry."""
    stem = re.sub(r"[^A-Za-z0-9]+", "_", path.resolve().name.split(".")[0]).strip("_").lower() or "own"
    names = itertools.chain([stem], (f"{stem}_{number}" for number in itertools.count(2)))
    return next(name for name in names if found.datasets.get(name, dataset) == dataset)


def size_of(looked: Looked, dataset: TableDataset | FolderDataset) -> Size:
    """Say how much there is to train on; where there are no spaces, a character is a token."""
    labelled = int((looked.labels["train"] >= 0).sum())
    held_out = sum(
        share
        for split, share in (("test", dataset.test), ("validation", dataset.validation))
        if split not in looked.labels
    )
    texts = max(len(looked.words), 1)
    tokens = looked.characters if without_spaces(looked) else int(looked.words.sum())
    return Size(int(labelled * (1 - held_out)), texts, tokens / texts)


def answer(data: Path, text: list[str], label: str | None, write: bool, dry: bool) -> None:
    """Look at the data, say what is proposed, and unless it is a dry run, run it and end with the answer."""
    dataset = propose(data, text, label)
    looked = look(dataset, data)
    print("\n".join(describe(data, looked)))
    before = PARAMS.read_text(encoding="utf-8") if write else committed()
    changes = changes_for(entry_name(data, dataset, settings.parse(before)), dataset, data, looked)
    print(f"\nproposed for {PARAMS}:\n{dump(changes)}")
    wanted = change(before, changes)
    planned = settings.parse(wanted)
    print(
        f"{len(planned.variants)} variants x {planned.training.replicates} replicates and {len(planned.run.baselines)} "
        f"baselines: {in_words(estimate_seconds(planned, size_of(looked, dataset)))} on 2 cores"
    )
    if write:
        PARAMS.write_text(wanted, encoding="utf-8")
        print(f"written to {PARAMS}")
    if dry:
        return
    if write:
        run_as_it_stands()
    else:
        run_experiment(changes)
    publish_pending()
    board = read_json(LEADERBOARD)
    print(f"\n{to_text(board)}\n\n{BACK}\n\n{to_sentence(board)}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "data", type=Path, help="a table (CSV, TSV, JSON lines, parquet), or a folder of such or of texts"
    )
    parser.add_argument("--text", action="append", default=[], help="a column with text; several are joined")
    parser.add_argument("--label", help="the column with the label")
    parser.add_argument("--write", action="store_true", help="add the dataset to params.yaml and select it")
    parser.add_argument("--dry", action="store_true", help="only look and propose")
    arguments = parser.parse_args()
    if not str(arguments.data).strip("."):
        raise UserError("no data named; call: make answer DATA=file.csv")
    answer(arguments.data.expanduser(), arguments.text, arguments.label, arguments.write, arguments.dry)


if __name__ == "__main__":
    errors.run(main)
