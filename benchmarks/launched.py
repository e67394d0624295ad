"""Run a stage as `python -m stages.x` does, and record its times; `benchmarks.repro` puts it in place of `python`.

Start-up ends where the stage's module calls `errors.run`, after its imports.
"""

import json
import os
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path

BEGAN, NOTES = "BENCHMARK_BEGAN", "BENCHMARK_NOTES"


def main() -> None:
    """Run the module of the command line; append a line of JSON to the file that the environment names."""
    began = float(os.environ[BEGAN])
    module = sys.argv[2]
    sys.argv = [module, *sys.argv[3:]]
    from embedding_bench.core import errors

    ready = began
    run = errors.run

    def noted(main: Callable[[], None]) -> None:
        nonlocal ready
        ready = time.time()
        run(main)

    errors.run = noted
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        with Path(os.environ[NOTES]).open("a") as notes:
            notes.write(json.dumps({"start_up": ready - began, "compute": time.time() - ready}) + "\n")


if __name__ == "__main__":
    main()
