"""`embedding-bench results`: the last run's leaderboard kept in results/."""

from typing import Annotated

import typer


def results(name: Annotated[str | None, typer.Option(help="Of the files; by default the dataset's.")] = None) -> None:
    """Keep the leaderboard in results/.

    As JSON with settings, versions and times, as a page, and as pictures.
    """
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.project.here import require_project
    from embedding_bench.reporting.published import publish_results
    from embedding_bench.settings.complete import load_settings

    require_project()
    path = publish_results(name, load_settings(), Layout())
    print(f"kept in {path}.json and {path}.md, with pictures")
