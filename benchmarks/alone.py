"""`python -m benchmarks.alone VARIANT...`: train all replicates of variants in this process, and print the seconds."""

import sys
import time
from pathlib import Path

from embedding_bench.core.machine import compute_alike

compute_alike()

from embedding_bench.artifacts.layout import Layout  # noqa: E402
from embedding_bench.artifacts.search import read_variant  # noqa: E402
from embedding_bench.core.params import Params  # noqa: E402
from embedding_bench.models import training  # noqa: E402, F401  # TensorFlow, before the clock starts
from embedding_bench.models.cell import Cell, Config, Inputs, Outputs  # noqa: E402
from embedding_bench.settings.compare import SELECT_BY  # noqa: E402
from embedding_bench.settings.training import TRAINING  # noqa: E402


def cell(variant: str) -> Cell:
    """Return a variant of the project in the current folder, such as words-word2vec-frozen-mean."""
    params, layout = Params.read(), Layout(Path())
    vectorizer, vectors, *_ = variant.split("-")
    settings = read_variant(layout.settings(variant))
    config = Config(settings, params.section(TRAINING), params.section(SELECT_BY))
    inputs = Inputs(layout.corpus, layout.tokens(vectorizer), layout.embedding(vectorizer, vectors))
    return Cell(config, inputs, Outputs(Path(variant), Path(variant)))


def main() -> None:
    """Read the command line, and run the tasks of the variants' cells."""
    start = time.perf_counter()
    for variant in sys.argv[1:]:
        for task in cell(variant).tasks:
            task.run()
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()
