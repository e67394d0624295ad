"""Join what made the last run (commit, machine, seconds) into its page, reports/index.html."""

from pathlib import Path

from stages.core import errors, settings
from stages.core.errors import UserError
from stages.reporting.made import write_index


def main() -> None:
    """Write the page, and name it."""
    if not Path("data/report/page.html").exists():
        raise UserError("data/report/page.html: no such file; run `dvc repro report`, which writes it")
    print(f"report: {write_index(settings.load(), Path('data'), Path('metrics'))}")


if __name__ == "__main__":
    errors.run(main)
