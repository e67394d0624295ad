"""From a file or folder of labelled texts to the changes of params.yaml that make it the dataset of the run."""

import hashlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from embedding_bench.artifacts import corpus
from embedding_bench.corpus.build import build, small_splits
from embedding_bench.corpus.opening import open_dataset
from embedding_bench.settings.complete import Settings
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


class Size(NamedTuple):
    """Labelled train texts, and all texts."""

    train: int
    texts: int


class Inspection(NamedTuple):
    """The corpus that `download` would make: its folder, and its summary.

    `characters` are those of a text in the mean, 0 where words have spaces.
    """

    folder: Path
    summary: dict[str, Any]
    characters: float

    @property
    def size(self) -> Size:
        """The amount of text."""
        splits = self.summary["splits"]
        return Size(splits["train"]["rows"], sum(described["rows"] for described in splits.values()))


def inspect(dataset: Own, path: Path, folder: Path) -> Inspection:
    """Make the corpus in a new folder, as `download` will.

    Raises:
        UserError: It cannot be made.
    """
    folder.mkdir()
    summary = build(open_dataset(dataset, path), dataset, folder)
    return Inspection(folder, summary, unspaced_characters(folder))


def unspaced_characters(folder: Path) -> float:
    """Return the mean characters a text, if most are of scripts that put no spaces between words; else 0."""
    batches = list(itertools.islice(corpus.read_texts(folder, "train"), 3))
    letters = SPACE.sub("", "".join(text for batch in batches for text in batch.to_pylist()))
    return len(letters) / sum(map(len, batches)) if len(UNSPACED.findall(letters)) > len(letters) / 2 else 0.0


def describe(path: Path, dataset: Own, inspection: Inspection) -> Iterator[str]:
    """Yield lines on splits, classes, lengths and notes of the data."""
    summary = inspection.summary
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
    yield f"  words in a text: median {words['p50']}, {words['p5']} to {words['p95']} in nine of ten"
    if inspection.characters:
        yield "  no spaces between words: characters are the tokens"
    if max(counts.values()) >= IMBALANCE * min(counts.values()):
        yield "  classes of very different size: read macro-F1 beside accuracy, try `training.class_weights: balanced`"


def changes_for(name: str, dataset: Own, path: Path, characters: float) -> dict[str, Any]:
    """Return the values of params.yaml that make the data the dataset of the run."""
    values = dataset.model_dump()
    entry = {key: values[key] for key in ORDER if key in values}
    changes: dict[str, Any] = {"dataset": name, "input": str(path), "datasets": {name: entry}}
    if characters:
        changes["run"] = {"vectorizers": ["characters"], "baselines": ["majority", "tfidf-characters"]}
    return changes


def entry_name(path: Path, dataset: Own, settings: Settings) -> str:
    """Make a name for the catalogue from that of the file or folder; never one of another entry."""
    name = slug(path.absolute())
    if name in GENERIC:
        name = f"{slug(path.absolute().parent)}_{name}"
    names = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
    return next(name for name in names if settings.datasets.get(name, dataset) == dataset)


def stem(path: Path) -> str:
    """Return the name of a file without the suffixes of its format, or the name of a folder.

    >>> stem(Path("reviews.2024.csv.gz"))
    'reviews.2024'
    """
    return path.name if path.is_dir() else Path(path.name.removesuffix(".gz")).stem


def slug(path: Path) -> str:
    """Write the stem in letters, digits and underscores of ASCII; a hash tells names in other scripts apart.

    >>> slug(Path("My reviews (2024).csv"))
    'my_reviews_2024'
    """
    name = re.sub(r"[^A-Za-z0-9]+", "_", stem(path)).strip("_").lower()
    return name or f"own_{hashlib.blake2b(stem(path).encode(), digest_size=3).hexdigest()}"
