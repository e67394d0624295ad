"""`embedding-bench report`: the page of the last run."""


def report() -> None:
    """Write the page of the last run.

    reports/ gets the page with its provenance (commit, machine, seconds), and its pictures.
    """
    from embedding_bench.project.here import require_project

    require_project()
    write_report()


def write_report() -> None:
    """Write reports/ and name the page; the report stage did not where DVC restored it from its cache.

    Raises:
        UserError: There is no run.
    """
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.artifacts.report import page_path
    from embedding_bench.core import timing
    from embedding_bench.core.errors import UserError
    from embedding_bench.core.params import Params
    from embedding_bench.reporting.output import write_reports
    from embedding_bench.settings.run import RUN

    layout = Layout()
    page = page_path(layout.report)
    if not page.exists():
        raise UserError(f"{page}: no such file; run `embedding-bench repro`, which writes it")
    print(f"report: {write_reports(layout, Params.read().section(RUN), Layout(timing.project_root()).reports)}")
