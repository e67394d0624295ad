"""vectorize: turn every text into token ids once, and count the tokens."""

import argparse
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from embedding_bench.artifacts import corpus, tokens
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import whole_folder
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tokens.batches import Tokenizer
from embedding_bench.tokens.changes import Buckets, Change, Ngrams, Pieces
from embedding_bench.tokens.lexicon import Numbered, SplitWriter, count, in_order, lay_out, renumber
from embedding_bench.tokens.subwords import Subwords, learn_subwords


def vectorize(name: str, vectorizer: Vectorizer, source: Path, out: Path) -> None:
    """Write the lexicon and the encoded splits of the corpus in `source`."""
    with timing.timed(f"vectorize@{name}", [out]) as figures, whole_folder(out) as folder:
        with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
            start = time.perf_counter()
            tokenizer = Tokenizer(vectorizer.kind)
            splits = {
                split: write(Path(scratch) / split, tokenizer.encode(corpus.read_texts(source, split)))
                for split in corpus.splits(source)
            }
            found, subwords = list(tokenizer.numbers), None
            if vectorizer.pieces:
                seen = count_tokens(splits, len(found), vectorizer.adapt_texts)["count"]
                subwords = learn_subwords(found, seen, vectorizer.pieces)
            found, splits = make_tokens(vectorizer, found, splits, subwords)
            counts = count_tokens(splits, len(found), vectorizer.adapt_texts)
            order = in_order(found, counts["count"])
            encoded = {split: renumber(ids, order, folder / f"{split}.ids.npy") for split, ids in splits.items()}
            seconds = time.perf_counter() - start
            figures["microseconds_per_text"] = round(1e6 * seconds / sum(map(len, encoded.values())), 2)
        lexicon = lay_out(found, order, counts)
        summary = {"vectorizer": vectorizer.model_dump(), **summarise(lexicon, encoded)}
        tokens.write(folder, lexicon, encoded, summary, subwords.text if subwords else None)
    rates = ", ".join(f"{split} {rate:.2%}" for split, rate in summary["unknown_rate"].items())
    say(
        f"vectorize@{name}: {summary['types']:,} types, {summary['tokens']['train']:,} tokens in train; unseen: {rates}"
    )


def write(path: Path, batches: Iterable[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]) -> Numbered:
    """Write the numbers of one split, batch by batch."""
    writer = SplitWriter(path)
    for ids, lengths in batches:
        writer.append(ids, lengths)
    return writer.close()


def make_tokens(
    vectorizer: Vectorizer, found: list[bytes], splits: dict[str, Numbered], subwords: Subwords | None
) -> tuple[list[bytes], dict[str, Numbered]]:
    """Make of words or characters what the vectorizer's tokens are, in the order in which its layer does."""
    if subwords:
        found, splits = apply(Pieces(found, subwords), splits)
    if vectorizer.ngrams > 1:
        found, splits = apply(Ngrams(found, vectorizer.ngrams), splits)
    if vectorizer.buckets:
        found, splits = apply(Buckets(found, vectorizer.buckets), splits)
    return found, splits


def apply(change: Change, splits: dict[str, Numbered]) -> tuple[list[bytes], dict[str, Numbered]]:
    """Change the tokens of all splits; return the new tokens' names and the splits in their numbers."""
    changed = {}
    for name, split in splits.items():
        path = split.path.with_suffix(f".{type(change).__name__}")
        changed[name] = write(path, (change(ids, lengths) for ids, lengths in split.batches()))
        split.path.unlink()
    return change.tokens, changed


def count_tokens(splits: dict[str, Numbered], size: int, adapt_texts: int | None) -> dict[str, npt.NDArray[np.int64]]:
    """Count each split, and `count`: the occurrences that choose a vocabulary."""
    by_split = {split: count(encoded, size) for split, encoded in splits.items()}
    if adapt_texts is None:
        adapted = by_split["train"] + by_split.get("unlabeled", 0)
    else:
        adapted = count(splits["train"], size, adapt_texts)
    return {"count": adapted, **by_split}


def summarise(lexicon: pa.Table, encoded: dict[str, Encoded]) -> dict[str, Any]:
    """Count texts and tokens, and the share of validation and test tokens that `count` has not seen."""
    unseen = lexicon["count"].to_numpy() == 0
    rates = {}
    for split in ("validation", "test"):
        counts = lexicon[split].to_numpy()
        rates[split] = round(float(counts[unseen].sum() / max(counts.sum(), 1)), 6)
    return {
        "types": lexicon.num_rows,
        "texts": {split: len(found) for split, found in encoded.items()},
        "tokens": {split: len(found.ids) for split, found in encoded.items()},
        "without_tokens": {split: int((np.diff(found.offsets) == 0).sum()) for split, found in encoded.items()},
        "unknown_rate": rates,
    }


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectorizer", required=True, help="a key of `vectorizers`")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    vectorizer = load_settings().vectorizers[arguments.vectorizer]
    vectorize(arguments.vectorizer, vectorizer, arguments.corpus, arguments.out)


if __name__ == "__main__":
    errors.run(main)
