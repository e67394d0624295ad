"""`embedding-bench init`, `check` and `repro`: a project created, checked and run."""

from pathlib import Path
from typing import Annotated

import typer

from embedding_bench.cli.options import Gpus, Jobs, On


def init(folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Create a project under Git and DVC."""
    from embedding_bench.project.template import create_project

    create_project(folder)
    print(f"{folder}: a project with its first commit; next: cd {folder} && embedding-bench answer DATA.csv")


def check() -> None:
    """Check params.yaml and the input."""
    from embedding_bench.project.check import check_project
    from embedding_bench.project.here import require_project

    require_project()
    print(check_project())


def repro(on: On = "local", jobs: Jobs = None, gpus: Gpus = 0) -> None:
    """Run the experiment of params.yaml.

    By default it is that of the embedded sample corpus. Ends with the leaderboard.
    """
    from embedding_bench.cli.leaderboard import show
    from embedding_bench.cli.publish import publish_pending
    from embedding_bench.cli.report import write_report
    from embedding_bench.core.errors import UserError
    from embedding_bench.project.check import check_project
    from embedding_bench.project.here import require_project
    from embedding_bench.project.running import Machines, run_graph

    require_project()
    check_project()  # the errors of `dvc repro` name no remedy
    if not run_graph("repro", machines=Machines(on, jobs, gpus)):
        raise UserError("the run stopped, see above; after the remedy, the same command continues it")
    publish_pending()
    write_report()
    show()


def upgrade() -> None:
    """Move a project to the installed version.

    Its graph, its scripts and its pinned requirements become those of the installed version, so that every stage runs
    again; params.yaml stays.
    """
    from embedding_bench.project.here import require_project
    from embedding_bench.project.template import upgrade_project

    require_project()
    upgrade_project()
    print("dvc.yaml, stages and requirements.txt are those of the installed version; next: embedding-bench repro")
