"""`embedding-bench pr-comment`: the leaderboard as a comment on a pull request."""

from typing import Annotated

import typer


def pr_comment(
    revision: Annotated[str, typer.Argument(help="A branch, tag or commit to compare with.")] = "HEAD",
) -> None:
    """Print a comment for a pull request.

    The leaderboard as Markdown, with its differences from that of another revision.
    """
    from embedding_bench.artifacts import leaderboard
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.core.errors import UserError
    from embedding_bench.evaluation.rendering import to_comment
    from embedding_bench.git import git, text_at
    from embedding_bench.project.here import require_project

    require_project()
    if not git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"):
        raise UserError(f"'{revision}' is no revision of this repository; git branch --all lists branches")
    path = Layout().leaderboard
    text = text_at(revision, path)
    before = leaderboard.parse(text, f"{path} at {revision}") if text else None
    print(to_comment(leaderboard.read(path), before, revision))
