"""`embedding-bench champion`: another version of the registered model served as champion."""

from typing import Annotated

import typer


def champion(
    version: Annotated[str, typer.Argument(help="A version of the registered model.")],
    dataset: Annotated[str | None, typer.Option(help="Whose model; by default that of the last run.")] = None,
) -> None:
    """Serve another version as champion.

    Moves the alias `champion` in MLflow's model registry.
    """
    from embedding_bench.artifacts import leaderboard
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.project.here import require_project

    require_project()
    move(version, dataset or leaderboard.read(Layout().leaderboard).dataset)


def move(version: str, dataset: str) -> None:
    """Move the alias `champion`, and print from where to where.

    Raises:
        UserError: There is no such model or version, or the server does not answer.
    """
    from embedding_bench.core import timing
    from embedding_bench.core.errors import UserError
    from embedding_bench.core.params import Params
    from embedding_bench.settings.track import TRACK
    from embedding_bench.tracking.connection import UnreachableError, opened, tracking_uri, without_password
    from embedding_bench.tracking.registry import move_champion

    root = timing.project_root()
    uri = tracking_uri(root)
    try:
        with opened(uri, root, Params.read().section(TRACK).timeout) as client:
            before = move_champion(client, dataset, version)
    except UnreachableError as error:
        raise UserError(f"MLflow at {without_password(uri)} cannot be reached ({error})") from None
    done = "was already" if before == version else f"moved from version {before} to" if before else "moved to"
    print(f"champion of model `{dataset}` {done} version {version}")
