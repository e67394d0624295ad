"""Inputs of tasks on other machines: which files they are, and where a node keeps its copies."""

import fcntl
import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from embedding_bench.execution.folders import hold, remove_unused

PREFIX = "embedding-bench-inputs-"


class Manifest(NamedTuple):
    """A file or folder as its machine sees it: its path, and of each file the name, bytes, time of change and inode.

    Another machine with the same manifest shares the file system. The name of a single file is empty.
    """

    path: Path
    files: tuple[tuple[str, int, int, int], ...]

    @property
    def key(self) -> str:
        """Name the content, in one run."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


def describe(path: Path) -> Manifest:
    """Describe a file or folder; one that does not exist has no files."""
    path = path.absolute()
    found = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    stats = [(file.relative_to(path).as_posix() if file != path else "", file.stat()) for file in found]
    return Manifest(path, tuple((name, s.st_size, s.st_mtime_ns, s.st_ino) for name, s in stats))


class Copies:
    """The copies of inputs on one machine, shared by all workers of a run there, and removed by the next run.

    Args:
        run: Names the run.
    """

    def __init__(self, run: str) -> None:
        self.home, self.lock = hold(f"{PREFIX}{run}")
        remove_unused(PREFIX)

    def find(self, manifest: Manifest) -> Path | None:
        """Return where this machine has an input: at its own path on a shared file system, or as a copy."""
        if describe(manifest.path) == manifest:
            return manifest.path
        copy = self.home / manifest.key / manifest.path.name
        return copy if copy.exists() else None

    def write(self, manifest: Manifest, files: dict[str, Iterable[bytes]]) -> None:
        """Write a copy from the pieces of its files, unless another worker has written it meanwhile."""
        with (self.home / f"{manifest.key}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one worker writes, the others wait for it
            if self.find(manifest):
                return
            with tempfile.TemporaryDirectory(dir=self.home) as scratch:
                content = Path(scratch) / manifest.key
                content.mkdir()
                for name, pieces in files.items():
                    target = content / manifest.path.name / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("wb") as file:
                        file.writelines(pieces)
                content.rename(self.home / manifest.key)
