"""The embedding matrix from 400,000 x 50 vectors in GloVe's text format, compared with gensim's loader and a loop.

Each side runs in its own process. Its peak memory is measured above that of its imports, without mapped files.
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.measuring import Measured, by_turns, keep
from embedding_bench.core import errors

WORDS, DIMENSIONS, VOCABULARY = 400_000, 50, 30_000
IMPORTS = (
    "gensim.models",
    "pandas",
    "embedding_bench.vectors.matrix",
    "embedding_bench.vectors.formats.dispatch",
)  # pyarrow imports pandas


def write_vectors(path: Path) -> None:
    """Write random vectors in GloVe's format: no header, five decimals."""
    rng = np.random.default_rng(1)
    with path.open("w") as file:
        for start in range(0, WORDS, 10_000):
            block = rng.normal(0, 0.5, (10_000, DIMENSIONS)).round(5)
            file.writelines(
                f"w{start + number} {' '.join(map(str, row))}\n" for number, row in enumerate(block.tolist())
            )


def vocabulary() -> list[str]:
    """Return words of which two thirds have a vector."""
    return [f"w{number * 20}" for number in range(VOCABULARY)]


def ours(path: Path) -> npt.NDArray[np.float32]:
    """Read the file into an artifact, as `vectors` does, and build the matrix, as `embed` does."""
    import pyarrow as pa

    from embedding_bench.artifacts import embedding, vectors
    from embedding_bench.settings.vectors import FileVectors, NormalRows
    from embedding_bench.settings.vocabulary import VocabularySettings
    from embedding_bench.vectors.formats.dispatch import open_vectors
    from embedding_bench.vectors.matrix import build_embedding

    source = FileVectors(source="file", path=str(path), missing=NormalRows(policy="normal", sd=0.3))
    with tempfile.TemporaryDirectory() as scratch:
        dimensions, blocks = open_vectors(path, source.format)
        vectors.write(Path(scratch), blocks, dimensions, {})
        words = vocabulary()
        lexicon = pa.table({"token": words, "count": np.ones(len(words), np.int64)})
        built = build_embedding(
            lexicon, source, vectors.read(Path(scratch)), VocabularySettings(size=10**6, min_count=1)
        )
        return embedding.initial_matrix(built, 1)


def peer(path: Path) -> npt.NDArray[np.float32]:
    """Load with gensim and fill the matrix in a loop, as the notebooks do."""
    from gensim.models import KeyedVectors

    vectors = KeyedVectors.load_word2vec_format(str(path), binary=False, no_header=True)
    words = vocabulary()
    matrix = np.zeros((len(words) + 2, DIMENSIONS), np.float32)
    for row, word in enumerate(words, start=2):
        if word in vectors:
            matrix[row] = vectors[word]
    return matrix


SIDES = {"ours": ours, "peer": peer}


def run(side: str, path: Path) -> None:
    """Run one side in this process, and print its seconds and megabytes."""
    for name in IMPORTS:  # not measured
        importlib.import_module(name)
    before, peak, done = anonymous_megabytes(), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            peak[0] = max(peak[0], anonymous_megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    SIDES[side](path)
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    print(json.dumps([seconds, peak[0] - before]))


def anonymous_megabytes() -> float:
    """Return the resident memory of this process in MB, without mapped files."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1000


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--path", type=Path)
    arguments = parser.parse_args()
    if arguments.side:
        run(arguments.side, arguments.path)
        return
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "vectors.txt"
        write_vectors(path)
        memory: dict[str, list[float]] = {side: [] for side in SIDES}

        def measure(side: str) -> float:
            command = [sys.executable, "-m", "benchmarks.vectors_file", "--side", side, "--path", str(path)]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            seconds, megabytes = json.loads(answer.splitlines()[-1])
            memory[side].append(megabytes)
            return float(seconds)

        times = by_turns(lambda: measure("ours"), lambda: measure("peer"))
        what = f"matrix from {WORDS:,} x {DIMENSIONS} vectors in text"
        keep(Measured("vectors_file-seconds", what, "gensim and a loop", "s", *times, 1 / 6, {}))
        used = (memory["ours"][1:], memory["peer"][1:])
        keep(Measured("vectors_file-memory", f"{what}, memory", "gensim and a loop", "MB", *used, 0.5, {}))


if __name__ == "__main__":
    errors.run(main)
