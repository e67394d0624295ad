"""Running DVC experiments with other values than params.yaml has."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

from stages.core.errors import UserError

BACK = "Back to where you were: git restore params.yaml dvc.lock metrics && dvc checkout"


def run_experiment(overrides: dict[str, Any]) -> None:
    """Run `dvc exp run` in this workspace; what a stopped run had finished is restored from DVC's cache.

    Raises:
        UserError: A stage failed; it has said why.
    """
    changes = [f"--set-param={change}" for change in flatten(overrides)]
    if subprocess.run(["dvc", "exp", "run", *changes], check=False).returncode:
        raise UserError(f"the experiment stopped, see above; run the same command again to go on. {BACK}")


def flatten(values: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Write nested values as the overrides that `dvc exp run -S` reads: ``run.vectors=["random","glove"]``."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}={json.dumps(value, ensure_ascii=False)}"
