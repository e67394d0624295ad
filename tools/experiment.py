"""Running DVC experiments with other values than params.yaml has."""

import os
import shutil
import subprocess
from typing import Any

from stages.core import settings
from stages.core.errors import UserError
from stages.core.settings import PARAMS
from tools.params_file import change

BACK = "Back to where you were: git restore params.yaml dvc.lock metrics && dvc checkout"
BEFORE = PARAMS.with_name("params.yaml.before")


def run_experiment(changes: dict[str, Any]) -> None:
    """Run `dvc exp run` in this workspace, from the committed params.yaml with some values changed.

    No value of an earlier experiment is inherited; what a stopped run had finished is restored from DVC's cache.

    Raises:
        UserError: A stage failed; it has said why.
    """
    held, wanted = PARAMS.read_text(encoding="utf-8"), change(committed(), changes)
    if held not in (committed(), wanted):
        shutil.copyfile(PARAMS, BEFORE)
        print(f"starting from the committed {PARAMS}; what it held is in {BEFORE}")
    PARAMS.write_text(wanted, encoding="utf-8")
    run_as_it_stands()


def committed() -> str:
    """Return the text of params.yaml in the last commit."""
    return git("show", f"HEAD:{PARAMS}")


def run_as_it_stands() -> None:
    """Run `dvc exp run` with params.yaml as it is.

    Raises:
        UserError: A stage failed; it has said why.
    """
    settings.load()
    if subprocess.run(["dvc", "exp", "run"], check=False, env=os.environ | identity()).returncode:
        raise UserError(f"the experiment stopped, see above; run the same command again to go on. {BACK}")


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
