"""Running DVC experiments with other values than params.yaml has."""

import itertools
import os
import subprocess
from typing import Any

from embedding_bench.cli.params_file import change
from embedding_bench.core.errors import UserError
from embedding_bench.core.params import PARAMS
from embedding_bench.git import git
from embedding_bench.settings.complete import load_settings

BACK = (
    "Back to the committed experiment, which makes its own data/export: "
    "git restore params.yaml dvc.lock metrics && make repro"
)


def run_experiment(changes: dict[str, Any]) -> None:
    """Run `dvc exp run` in this workspace, from the committed params.yaml with some values changed.

    No value of an earlier experiment is inherited. If a stage fails, params.yaml is put back.

    Raises:
        UserError: A stage failed; it has said why.
    """
    held, start = PARAMS.read_text(encoding="utf-8"), committed()
    wanted = change(start, changes)
    if held not in (start, wanted):
        print(f"starting from the committed {PARAMS}; what it held is in {keep(held)}")
    PARAMS.write_text(wanted, encoding="utf-8")
    try:
        run_as_it_stands()
    except BaseException:
        PARAMS.write_text(held, encoding="utf-8")
        raise


def run_as_it_stands() -> None:
    """Run `dvc exp run` with params.yaml as it is; what a stopped run had finished is restored from DVC's cache.

    Raises:
        UserError: A stage failed; it has said why.
    """
    load_settings()
    if subprocess.run(["dvc", "exp", "run"], check=False, env=os.environ | identity()).returncode:
        raise UserError("the experiment stopped, see above; once that is mended, the same command goes on from there")


def keep(text: str) -> str:
    """Write the text beside params.yaml, never over another one, and name the file."""
    places = (PARAMS.with_name(f"{PARAMS.name}.before-{number}") for number in itertools.count(1))
    place = next(path for path in places if not path.exists() or path.read_text(encoding="utf-8") == text)
    place.write_text(text, encoding="utf-8")
    return str(place)


def committed() -> str:
    """Return the text of params.yaml in the last commit.

    Raises:
        UserError: There is no commit of it.
    """
    text = git("show", f"HEAD:{PARAMS}")
    if not text:
        raise UserError(
            f"{PARAMS}: is in no commit of a Git repository here; experiments need one: "
            "clone the project, or git init && dvc init --force && git add --all && git commit"
        )
    return text


def identity() -> dict[str, str]:
    """Name an author for the commits in which DVC keeps experiments, where Git knows none."""
    if git("config", "user.email"):
        return {}
    roles = ("AUTHOR", "COMMITTER")
    return {f"GIT_{role}_NAME": "embedding-bench" for role in roles} | {
        f"GIT_{role}_EMAIL": "embedding-bench@localhost" for role in roles
    }
