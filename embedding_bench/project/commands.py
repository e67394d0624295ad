"""Starting programs of this environment: DVC, the stages, MLflow, TensorBoard."""

import os
import subprocess
import sys
from pathlib import Path

OF_A_HOOK = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}  # the repository that a Git hook runs for


def run(*command: str, check: bool = True) -> int:
    """Run a program and return its exit code; `python`, `dvc` and others are those of this environment.

    Raises:
        CalledProcessError: `check` is set and the code is not 0.
    """
    return subprocess.run(command, check=check, env=environment()).returncode


def environment() -> dict[str, str]:
    """Return this process's environment, in which the commands of dvc.yaml find this Python, activated or not.

    Git finds the repository by the folder, also where a Git hook named another one.
    """
    scripts = str(Path(sys.executable).parent)
    first, *others = os.environ.get("PATH", "").split(os.pathsep)
    path = os.pathsep.join([scripts, *([first] if first != scripts else []), *others])
    return {**{name: value for name, value in os.environ.items() if name not in OF_A_HOOK}, "PATH": path}
