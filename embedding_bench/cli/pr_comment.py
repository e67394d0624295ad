"""Print the leaderboard as Markdown for a pull request, with its difference from another revision's."""

import argparse
import json

from embedding_bench.cli.leaderboard import LEADERBOARD
from embedding_bench.core import errors
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import read_json
from embedding_bench.evaluation.rendering import to_comment
from embedding_bench.git import git


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="a branch, tag or commit")
    revision = parser.parse_args().revision
    if not git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"):
        raise UserError(f"'{revision}' is no revision of this repository; git branch --all lists branches")
    text = git("show", f"{revision}:{LEADERBOARD}")
    print(to_comment(read_json(LEADERBOARD), json.loads(text) if text else None, revision))


if __name__ == "__main__":
    errors.run(main)
