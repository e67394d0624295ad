"""Answer the question for one's own texts: which embedding, by how much, how sure."""

import argparse
import itertools
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embedding_bench.artifacts import corpus
from embedding_bench.cli.estimate import Size, estimate_seconds, in_words
from embedding_bench.cli.experiment import BACK, committed, run_as_it_stands, run_experiment
from embedding_bench.cli.leaderboard import LEADERBOARD
from embedding_bench.cli.params_file import change, dump
from embedding_bench.cli.publish import publish_pending
from embedding_bench.cli.report import join
from embedding_bench.core import errors
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import read_json
from embedding_bench.core.params import PARAMS
from embedding_bench.corpus.build import build, small_splits
from embedding_bench.corpus.opening import open_dataset, propose
from embedding_bench.evaluation.rendering import to_sentence, to_text
from embedding_bench.settings.complete import Settings, parse_settings
from embedding_bench.settings.datasets import FolderDataset, TableDataset

SHOWN_CLASSES = 8
IMBALANCE = 10
# Han, kana, Thai, Lao, Myanmar, Khmer: scripts that put no spaces between words.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
SPACE = re.compile(r"\s")
GENERIC = {"data", "dataset", "file", "folder", "input", "table", "test", "texts", "train"}  # names that say nothing
ORDER = (
    "source", "text", "label", "splits", "encoding", "delimiter", "validation", "test", "seed", "deduplicate",
)  # fmt: skip

Own = TableDataset | FolderDataset


def look(dataset: Own, path: Path) -> tuple[dict[str, Any], float]:
    """Make the corpus in a scratch folder, as `download` will; return its summary, and `unspaced_characters`.

    Raises:
        UserError: It cannot be made.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "corpus"
        folder.mkdir()
        summary = build(open_dataset(dataset, path), dataset, folder)
        return summary, unspaced_characters(folder)


def unspaced_characters(folder: Path) -> float:
    """Count the characters of a text, in the mean, if most are of scripts that put no spaces between words; else 0."""
    batches = list(itertools.islice(corpus.read_texts(folder, "train"), 3))
    letters = SPACE.sub("", "".join(text for batch in batches for text in batch.to_pylist()))
    return len(letters) / sum(map(len, batches)) if len(UNSPACED.findall(letters)) > len(letters) / 2 else 0.0


def describe(path: Path, dataset: Own, summary: dict[str, Any], characters: float) -> Iterator[str]:
    """Say what the data hold: splits, classes, lengths, and what was counted."""
    splits = summary["splits"]
    sizes = ", ".join(f"{splits[split]['rows']:,} {split}" for split in corpus.SPLITS if split in splits)
    yield f"{path}: {sizes}"
    yield from (f"  {note}" for note in [*summary["notes"], *small_splits(summary)])
    if dataset.encoding:
        yield f"  read as {dataset.encoding}: look at accents and signs"
    if removed := sum(summary["removed_from_train"].values()):
        yield f"  duplicates removed from train: {removed:,}"
    counts = {name: sum(splits[split]["classes"][name] for split in corpus.LABELLED) for name in summary["labels"]}
    shown = sorted(counts, key=lambda name: (-counts[name], name))[:SHOWN_CLASSES]
    more = f" and {len(counts) - len(shown)} more" if len(counts) > len(shown) else ""
    yield f"  {len(counts)} classes: " + ", ".join(f"{name[:40]} {counts[name]:,}" for name in shown) + more
    words = splits["train"]["words"]
    yield f"  words in a text: {words['p50']} in the middle, {words['p5']} to {words['p95']} in nine of ten"
    if characters:
        yield "  no spaces between words: characters are the tokens"
    if max(counts.values()) >= IMBALANCE * min(counts.values()):
        yield "  classes of very different size: read macro-F1 beside accuracy, try `training.class_weights: balanced`"


def changes_for(name: str, dataset: Own, path: Path, characters: float) -> dict[str, Any]:
    """Return the values of params.yaml that make the data the dataset of the run."""
    settled = dataset.model_dump()
    entry = {key: settled[key] for key in ORDER if key in settled}
    changes: dict[str, Any] = {"dataset": name, "input": str(path), "datasets": {name: entry}}
    if characters:
        changes["run"] = {"vectorizers": ["characters"], "baselines": ["majority", "tfidf-characters"]}
    return changes


def entry_name(path: Path, dataset: Own, found: Settings) -> str:
    """Make a name for the catalogue of the file's or folder's name; never one of another entry."""
    stem = slug(path.resolve())
    if stem in GENERIC:
        stem = f"{slug(path.resolve().parent)}_{stem}"
    names = itertools.chain([stem], (f"{stem}_{number}" for number in itertools.count(2)))
    return next(name for name in names if found.datasets.get(name, dataset) == dataset)


def slug(path: Path) -> str:
    """Write the first part of a file's name in letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9]+", "_", path.name.split(".")[0]).strip("_").lower() or "own"


def size_of(summary: dict[str, Any], characters: float) -> Size:
    """Say how much there is to train on: texts of so many words, or of so many characters."""
    splits = summary["splits"]
    texts = sum(found["rows"] for found in splits.values())
    # Between the middle and the 95th percentile: long texts are few and weigh much.
    words = (splits["train"]["words"]["p50"] + splits["train"]["words"]["p95"]) / 2
    return Size(splits["train"]["rows"], texts, characters or words)


def answer(data: Path, dataset: Own, write: bool, dry: bool) -> None:
    """Look at the data, say what is proposed, and unless it is a dry run, run it and end with the answer."""
    summary, characters = look(dataset, data)
    print("\n".join(describe(data, dataset, summary, characters)))
    before = PARAMS.read_text(encoding="utf-8") if write else committed()
    changes = changes_for(entry_name(data, dataset, parse_settings(before)), dataset, data, characters)
    print(f"\nproposed for {PARAMS}:\n{dump(changes)}")
    wanted = change(before, changes)
    planned = parse_settings(wanted)
    print(
        f"{len(planned.run.variants)} variants x {planned.training.replicates} replicates and {len(planned.run.baselines)} "
        f"baselines: {in_words(estimate_seconds(planned, size_of(summary, characters)))} on 2 cores"
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
    join()
    board = read_json(LEADERBOARD)
    told = "" if write else f"{BACK}\n\n"
    told += "\n".join([*(pair["told"] for pair in board["learning"]), to_sentence(board)])
    print(f"\n{to_text(board)}\n\nThe model is in data/export; docs/deploy.md says how to use it.\n{told}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "data", help="a table (CSV, TSV, JSON lines, parquet), a folder of tables, or of a folder for each class"
    )
    parser.add_argument("--text", action="append", default=[], help="a column with text; several are joined")
    parser.add_argument("--label", help="the column with the label")
    parser.add_argument("--encoding", help="of the files, where they are not UTF-8 and detection errs")
    parser.add_argument("--delimiter", help="of CSV, where the guess errs")
    parser.add_argument("--write", action="store_true", help="add the dataset to params.yaml and select it")
    parser.add_argument("--dry", action="store_true", help="only look and propose")
    arguments = parser.parse_args()
    if not arguments.data:
        raise UserError("no data named; call: make answer DATA=file.csv")
    data = Path(arguments.data).expanduser()
    dataset = propose(data, arguments.text, arguments.label, arguments.encoding, arguments.delimiter)
    answer(data, dataset, arguments.write, arguments.dry)


if __name__ == "__main__":
    errors.run(main)
