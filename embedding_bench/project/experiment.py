"""Running DVC experiments with changed values of params.yaml."""

import itertools
from typing import Any

from embedding_bench.core.errors import UserError
from embedding_bench.core.params import PARAMS
from embedding_bench.git import git, identity, text_at
from embedding_bench.project.params_file import change
from embedding_bench.project.running import HERE, Machines, run_graph
from embedding_bench.settings.complete import load_settings

RESULTS = ("params.yaml", "dvc.lock", "metrics")  # that an experiment changes, where commits hold them


def run_experiment(changes: dict[str, Any], machines: Machines = HERE) -> None:
    """Run `dvc exp run` in this workspace, from the committed params.yaml with some values changed.

    No value of an earlier experiment is inherited. If a stage fails, params.yaml is put back.

    Raises:
        UserError: A stage failed; it has printed why.
    """
    before, start = PARAMS.read_text(encoding="utf-8"), committed_params()
    changed = change(start, changes)
    if before not in (start, changed):
        print(f"starting from the committed {PARAMS}; its previous content is in {keep(before)}")
    PARAMS.write_text(changed, encoding="utf-8")
    try:
        run_current(machines)
    except BaseException:
        PARAMS.write_text(before, encoding="utf-8")
        raise


def run_current(machines: Machines = HERE) -> None:
    """Run `dvc exp run` with the current params.yaml; stages that a stopped run finished come from DVC's cache.

    Raises:
        UserError: A stage failed; it has printed why.
    """
    load_settings()
    with identity():
        if not run_graph("exp", "run", machines=machines):
            raise UserError("the experiment stopped, see above; after the remedy, the same command continues it")


def way_back() -> str:
    """Return the commands that restore the committed experiment."""
    known = [name for name in RESULTS if git("ls-files", "--", name)]
    return f"Back to the committed experiment: git restore {' '.join(known)} && embedding-bench repro"


def keep(text: str) -> str:
    """Write text beside params.yaml, never over other text, and return the file's name."""
    paths = (PARAMS.with_name(f"{PARAMS.name}.before-{number}") for number in itertools.count(1))
    path = next(path for path in paths if not path.exists() or path.read_text(encoding="utf-8") == text)
    path.write_text(text, encoding="utf-8")
    return str(path)


def committed_params() -> str:
    """Return the text of params.yaml in the last commit.

    Raises:
        UserError: There is no commit of it.
    """
    text = text_at("HEAD", PARAMS)
    if not text:
        raise UserError(
            f"{PARAMS}: is in no commit of a Git repository here; experiments need one: clone the project, "
            "or make one with `embedding-bench init`"
        )
    return text
