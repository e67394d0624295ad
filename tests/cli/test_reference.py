"""docs/cli.md is the reference of the commands as they are."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_the_reference_is_what_typer_writes_of_the_commands(tmp_path):
    typer = Path(sys.executable).with_name("typer")
    written = tmp_path / "cli.md"
    command = [typer, "embedding_bench.cli.main", "utils", "docs", "--name", "embedding-bench", "--title", "Commands"]
    subprocess.run([*command, "--output", written], cwd=ROOT, check=True, capture_output=True)
    remedy = f"{' '.join(map(str, command[1:]))} --output docs/cli.md"
    assert (ROOT / "docs/cli.md").read_text() == written.read_text(), f"write it anew: typer {remedy}"
