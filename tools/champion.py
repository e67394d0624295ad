"""Move the alias `champion` to another version of the registered model."""

import argparse

from stages.core import errors, settings, timing
from stages.core.artifacts.files import read_json
from stages.core.errors import UserError
from stages.tracking.connection import UnreachableError, opened, tracking_uri, without_password
from stages.tracking.registry import move_champion
from tools.leaderboard import LEADERBOARD


def move(version: str, dataset: str) -> None:
    """Move the alias and say from where to where.

    Raises:
        UserError: There is no such model or version, or the server does not answer.
    """
    root = timing.project_root()
    uri = tracking_uri(root)
    try:
        with opened(uri, root, settings.load().track.timeout) as client:
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
