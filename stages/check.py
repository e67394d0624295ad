"""check: check params.yaml and the input before anything else runs."""

import argparse
from pathlib import Path

from embedding_bench.core import errors
from embedding_bench.core.console import log
from embedding_bench.core.files import save_text
from embedding_bench.project.check import check_project


def check(out: Path) -> None:
    """Check the project; the content of `out` is constant, so that a new check re-runs no other stage."""
    summary = check_project()
    save_text(out, "params.yaml is right\n")
    log(summary)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    check(parser.parse_args().out)


if __name__ == "__main__":
    errors.run(main)
