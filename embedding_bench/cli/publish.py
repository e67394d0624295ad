"""`embedding-bench publish`: the runs of the last experiment sent to MLflow."""


def publish() -> None:
    """Send the last runs to MLflow again.

    After its server was away, or to another one.
    """
    from embedding_bench.project.here import require_project

    require_project()
    publish_runs()


def publish_runs() -> None:
    """Run the track stage.

    Raises:
        UserError: It failed.
    """
    from embedding_bench.core.errors import UserError
    from embedding_bench.project import commands

    if commands.run("python", "-m", "stages.track", "--root", ".", check=False):
        raise UserError("the runs were not published, see above")


def publish_pending() -> None:
    """Publish what the track stage could not, because its server was unreachable."""
    from embedding_bench.core import timing
    from embedding_bench.tracking.connection import PENDING

    if (timing.project_root() / PENDING).exists():
        publish_runs()
