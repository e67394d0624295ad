"""The project in the current folder, which most commands need."""

from pathlib import Path

from embedding_bench.core.errors import UserError
from embedding_bench.project.template import is_project


def require_project() -> None:
    """Check that the current folder holds a project.

    Raises:
        UserError: It does not.
    """
    if not is_project(Path()):
        raise UserError(
            "no project here (no dvc.yaml and params.yaml); enter one, or create it: embedding-bench init DIR"
        )
