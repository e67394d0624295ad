from collections.abc import Callable

import pytest

from embedding_bench.cli.main import run_command


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command in this process, and return what it prints on standard output."""

    def run_in_process(*arguments: str) -> str:
        run_command(list(arguments))
        return capsys.readouterr().out

    return run_in_process
