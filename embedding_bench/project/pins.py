"""requirements.txt of a project: the versions that its results depend on, the code dependency of every stage."""

from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from embedding_bench.core.errors import UserError

DISTRIBUTION = "embedding-bench"
REQUIREMENTS = Path("requirements.txt")


def pinned_requirements() -> str:
    """Pin this package, and every package that it requires directly or through others, at the installed version."""
    names = _closure(DISTRIBUTION)
    return "".join(f"{name}=={version(name)}\n" for name in [DISTRIBUTION, *sorted(names - {DISTRIBUTION})])


def check_pins(path: Path = REQUIREMENTS) -> None:
    """Compare a project's pins with the installed versions; a clone of Embedding Bench has none.

    Raises:
        UserError: A version differs.
    """
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, pinned = line.partition("==")
        if pinned and (installed := _installed(name)) != pinned.strip():
            raise UserError(
                f"{path}: found {line.strip()}, but {installed or 'nothing'} is installed; install the pinned versions "
                f"(pip install -r {path}), or move the project to the installed ones (embedding-bench upgrade)"
            )


def _installed(name: str) -> str | None:
    try:
        return version(name.strip())
    except PackageNotFoundError:
        return None


def _closure(distribution: str) -> set[str]:
    closure: set[str] = set()
    waiting = {distribution}
    while waiting:
        name = waiting.pop()
        closure.add(name)
        for line in requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed = canonicalize_name(requirement.name)
                if needed not in closure and _installed(needed):
                    waiting.add(needed)
    return closure
