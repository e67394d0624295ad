"""Running DVC experiments with other values than params.yaml has."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from stages.core.errors import UserError
from stages.core.settings import PARAMS

BACK = "Back to where you were: git restore params.yaml dvc.lock metrics && dvc checkout"


BEFORE = PARAMS.with_name("params.yaml.before")


def run_experiment(overrides: dict[str, Any]) -> None:
    """Run `dvc exp run` in this workspace, from the committed params.yaml with some values changed.

    What a stopped run had finished is restored from DVC's cache.

    Raises:
        UserError: A stage failed; it has said why.
    """
    start_from_commit()
    changes = [f"--set-param={change}" for change in flatten(overrides)]
    if subprocess.run(["dvc", "exp", "run", *changes], check=False, env=os.environ | identity()).returncode:
        raise UserError(f"the experiment stopped, see above; run the same command again to go on. {BACK}")


def start_from_commit() -> None:
    """Put params.yaml back, so that no value of an earlier experiment is inherited; keep what it held beside it."""
    committed = git("show", f"HEAD:{PARAMS}")
    if PARAMS.read_text(encoding="utf-8") != committed:
        shutil.copyfile(PARAMS, BEFORE)
        PARAMS.write_text(committed, encoding="utf-8")
        print(f"starting from the committed {PARAMS}; what it held is in {BEFORE}")


def identity() -> dict[str, str]:
    """Name an author for the commits in which DVC keeps experiments, where Git knows none."""
    if git("config", "user.email"):
        return {}
    roles = ("AUTHOR", "COMMITTER")
    return {f"GIT_{role}_NAME": "embedding-bench" for role in roles} | {
        f"GIT_{role}_EMAIL": "embedding-bench@localhost" for role in roles
    }


def git(*arguments: str) -> str:
    """Ask Git; empty where it has no answer."""
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False).stdout


def flatten(values: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Write nested values as the overrides that `dvc exp run -S` reads: ``run.vectors=["random","glove"]``."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}={json.dumps(value, ensure_ascii=False)}"
