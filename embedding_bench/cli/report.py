"""Join what made the last run (commit, machine, seconds) into its page, reports/index.html."""

from pathlib import Path

from embedding_bench.core import errors
from embedding_bench.core.errors import UserError
from embedding_bench.reporting.made import write_index
from embedding_bench.settings.complete import load_settings

PAGE = Path("data/report/page.html")


def join() -> None:
    """Write the page, and name it; a run that DVC restored from its cache has not done so.

    Raises:
        UserError: There is no run.
    """
    if not PAGE.exists():
        raise UserError(f"{PAGE}: no such file; run `dvc repro report`, which writes it")
    print(f"report: {write_index(load_settings(), Path('data'), Path('metrics'))}")


if __name__ == "__main__":
    errors.run(join)
