"""Send the last experiment to MLflow, once more or to another server; what is there stays as it is."""

import argparse
import subprocess
import sys

from embedding_bench.core import errors, timing
from embedding_bench.core.errors import UserError
from embedding_bench.tracking.connection import PENDING

TRACK = [
    sys.executable, "-m", "stages.track",
    "--data=data", "--metrics=metrics", "--export=data/export", "--out=mlflow/published.json",
]  # fmt: skip


def publish() -> None:
    """Run the track stage by hand.

    Raises:
        UserError: It failed; it has said why.
    """
    if subprocess.run(TRACK, check=False).returncode:
        raise UserError("the runs were not published, see above")


def publish_pending() -> None:
    """Publish where the track stage could not reach its server."""
    if (timing.project_root() / PENDING).exists():
        publish()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--if-pending", action="store_true", help="only what an unreachable server has missed")
    if parser.parse_args().if_pending:
        publish_pending()
    else:
        publish()


if __name__ == "__main__":
    errors.run(main)
