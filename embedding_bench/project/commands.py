"""Starting programs of this environment: DVC, the stages, MLflow, TensorBoard."""

import os
import subprocess
import sys
from pathlib import Path


def run(*command: str, check: bool = True) -> int:
    """Run a program and return its exit code; `python`, `dvc` and others are those of this environment.

    Raises:
        CalledProcessError: `check` is set and the code is not 0.
    """
    return subprocess.run(command, check=check, env=environment()).returncode


def environment() -> dict[str, str]:
    """Return this process's environment, in which the commands of dvc.yaml find this Python, activated or not."""
    scripts = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    return {**os.environ, "PATH": path if path.startswith(scripts) else f"{scripts}{os.pathsep}{path}"}
