"""vectorize: encode every text as token ids once, and count tokens."""

import argparse
import tempfile
import time
from pathlib import Path

from embedding_bench.artifacts import tokens
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.settings.vectorizers import VECTORIZERS, Vectorizer
from embedding_bench.tokens.encode_corpus import encode_corpus, summarise


def vectorize(name: str, vectorizer: Vectorizer, corpus_folder: Path, out: Path) -> None:
    """Write the lexicon and the encoded splits of a corpus."""
    stage = f"vectorize@{name}"
    with timing.timed(stage, [out]) as timings, atomic_folder(out) as folder:
        with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
            start = time.perf_counter()
            lexicon, splits, subwords = encode_corpus(vectorizer, corpus_folder, folder, Path(scratch))
            seconds = time.perf_counter() - start
        timings["microseconds_per_text"] = round(1e6 * seconds / sum(map(len, splits.values())), 2)
        summary = {"vectorizer": vectorizer.model_dump(), **summarise(lexicon, splits)}
        tokens.write(folder, lexicon, splits, summary, subwords)
    rates = ", ".join(f"{split} {rate:.2%}" for split, rate in summary["unknown_rate"].items())
    log(f"{stage}: {summary['types']:,} types, {summary['tokens']['train']:,} tokens in train; unseen: {rates}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectorizer", required=True, help="a key of `vectorizers`")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    vectorizer = Params.read().entry(VECTORIZERS, arguments.vectorizer)
    vectorize(arguments.vectorizer, vectorizer, arguments.corpus, arguments.out)


if __name__ == "__main__":
    errors.run(main)
