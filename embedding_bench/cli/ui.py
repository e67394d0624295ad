"""`embedding-bench ui` and `projector`: MLflow's and TensorBoard's pages on the project's results."""

from typing import Annotated

import typer

Port = Annotated[int, typer.Option(min=1, max=65535, help="Of the page, on this machine.")]


def ui(port: Port = 5000) -> None:
    """Open MLflow's UI on the project."""
    from embedding_bench.core import timing
    from embedding_bench.project import commands
    from embedding_bench.project.here import require_project
    from embedding_bench.tracking.connection import is_server, tracking_uri, without_password

    require_project()
    uri = tracking_uri(timing.project_root())
    if is_server(uri):
        print(f"MLflow's own page shows the runs: {without_password(uri)}")
        return
    raise typer.Exit(commands.run("mlflow", "ui", "--backend-store-uri", uri, "--port", str(port), check=False))


def projector(port: Port = 6006) -> None:
    """Open TensorBoard's projector."""
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.core.errors import UserError
    from embedding_bench.project import commands
    from embedding_bench.project.here import require_project

    require_project()
    folder = Layout().projector_config.parent
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; run `embedding-bench repro`, which writes it")
    raise typer.Exit(commands.run("tensorboard", "--logdir", str(folder), "--port", str(port), check=False))
