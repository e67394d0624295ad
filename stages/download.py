"""download: fetch or generate labelled texts, clean and split them."""

import argparse
from pathlib import Path
from typing import Any

from embedding_bench.artifacts import corpus
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.corpus.build import build, small_splits
from embedding_bench.corpus.opening import open_dataset
from embedding_bench.corpus.sample.writer import write_sample
from embedding_bench.settings.datasets import DATASETS, INPUT, Dataset, SampleDataset


def download(name: str, dataset: Dataset, source: Path, out: Path) -> None:
    """Write the corpus of one catalogue entry; `source` is the input of a table or folder dataset."""
    with timing.timed("download", [out]), atomic_folder(out) as folder:
        if isinstance(dataset, SampleDataset):
            summary = write_sample(dataset, folder)
        else:
            summary = build(open_dataset(dataset, source), dataset, folder)
        corpus.write_summary(folder, {"dataset": name, **summary})
    log(f"download: {name}: {summarise(summary)}")


def summarise(summary: dict[str, Any]) -> str:
    """Summarise sizes, classes and notes in one line."""
    splits = summary["splits"]
    sizes = ", ".join(f"{described['rows']:,} {split}" for split, described in splits.items())
    notes = list(summary.get("notes", []))
    notes += [f"{splits['test']['also_in_train']} test texts also in train"] if splits["test"]["also_in_train"] else []
    notes += [f"{described['empty']} empty in {split}" for split, described in splits.items() if described["empty"]]
    notes += small_splits(summary)
    removed = sum(summary.get("removed_from_train", {}).values())
    notes += [f"{removed} duplicates removed from train"] if removed else []
    return f"{sizes}; {len(summary['labels'])} classes" + "".join(f"; {note}" for note in notes)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", required=True, help="a key of `datasets`")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    params = Params.read()
    dataset, source = params.entry(DATASETS, arguments.dataset), Path(params.section(INPUT))
    download(arguments.dataset, dataset, source, arguments.out)


if __name__ == "__main__":
    errors.run(main)
