"""Results of tasks that outlive a run that was stopped: arrays, named by all that they depend on.

A task that ends by a user's mistake has an empty array: of many settings that are tried, some may not work.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embedding_bench.core.errors import UserError
from embedding_bench.core.files import atomic_path
from embedding_bench.execution.tasks import Task, execute

PACKAGE = Path(__file__).parent.parent


class Kept:
    """A folder of results. Tasks return an array each, and the text of their arguments tells these apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[Path] = set()

    def execute(self, tasks: list[Task]) -> list[npt.NDArray[Any]]:
        """Return the results of tasks in their order; those that the folder has are not computed again.

        Raises:
            UserError: The run that had the workers has ended.
            RuntimeError: A task failed otherwise; the message is its traceback.
        """
        paths = [self.folder / f"{_key(task)}.npy" for task in tasks]
        missing = {path: task for path, task in zip(paths, tasks, strict=True) if not path.exists()}
        for path, result in zip(missing, execute(map(_tolerant, missing.values())), strict=True):
            with atomic_path(path) as temporary, temporary.open("wb") as file:
                np.save(file, result)
        self.used.update(paths)
        return [np.load(path) for path in paths]

    def forget_others(self) -> None:
        """Remove the results that were not asked for: of other settings, inputs or code."""
        for path in set(self.folder.glob("*.npy")) - self.used:
            path.unlink()


def _tolerant(task: Task) -> Task:
    return task._replace(function=tolerate, arguments=(task.function, *task.arguments))


def tolerate(function: Callable[..., npt.NDArray[Any]], *arguments: Any) -> npt.NDArray[Any]:
    """Call a function; an empty array takes the place of a user's mistake."""
    try:
        return function(*arguments)
    except UserError:
        return np.empty(0)


def _key(task: Task) -> str:
    parts = [_code(), _versions(), task.function.__qualname__, repr(task.arguments), *map(_content, task.inputs)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@cache
def _code() -> str:
    return _content(PACKAGE, "*.py")


@cache
def _versions() -> str:
    return " ".join(sorted(f"{found.name}=={found.version}" for found in distributions()))


@cache
def _content(folder: Path, pattern: str = "*") -> str:
    """Hash the names and contents of a folder's files, or of a file."""
    digest = hashlib.sha256()
    for path in [folder] if folder.is_file() else sorted(p for p in folder.rglob(pattern) if p.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
