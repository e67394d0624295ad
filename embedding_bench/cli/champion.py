"""Move the alias `champion` to another version of the registered model."""

import argparse

from embedding_bench.cli.leaderboard import LEADERBOARD
from embedding_bench.core import errors, timing
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import read_json
from embedding_bench.settings.complete import load_settings
from embedding_bench.tracking.connection import UnreachableError, opened, tracking_uri, without_password
from embedding_bench.tracking.registry import move_champion


def move(version: str, dataset: str) -> None:
    """Move the alias and say from where to where.

    Raises:
        UserError: There is no such model or version, or the server does not answer.
    """
    root = timing.project_root()
    uri = tracking_uri(root)
    try:
        with opened(uri, root, load_settings().track.timeout) as client:
            before = move_champion(client, dataset, version)
    except UnreachableError as error:
        raise UserError(f"MLflow at {without_password(uri)} cannot be reached ({error})") from None
    done = "was already" if before == version else f"moved from version {before} to" if before else "moved to"
    print(f"champion of model `{dataset}` {done} version {version}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--dataset", help="whose model; by default that of the last run")
    arguments = parser.parse_args()
    move(arguments.version, arguments.dataset or read_json(LEADERBOARD)["dataset"])


if __name__ == "__main__":
    errors.run(main)
