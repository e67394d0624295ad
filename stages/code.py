"""code: list the code that each stage runs, so that an edit re-runs the stages that import it and no others."""

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path

from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.imports import ROOT, import_closure

SCRIPTS = Path("stages")
REQUIREMENTS = Path("requirements.txt")  # of a project: the versions that its results depend on


def write_code(scripts: Path, out: Path) -> None:
    """Write for each script of `scripts` a file with its name: hash and path of all that it imports."""
    names = sorted(path.stem for path in scripts.glob("*.py") if path.stem not in ("__init__", "code"))
    with timing.timed("code", [out]), atomic_folder(out) as folder:
        for name in names:
            lines = sorted(_lines([scripts / "__init__.py", scripts / f"{name}.py"]))
            (folder / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
    log(f"code: that of {len(names)} stages")


def _lines(scripts: list[Path]) -> Iterator[str]:
    for path in [*scripts, *([REQUIREMENTS] if REQUIREMENTS.exists() else [])]:
        yield f"{_hash(path)}  {path.as_posix()}\n"
    for path in set().union(*map(import_closure, scripts)):
        yield f"{_hash(path)}  {path.relative_to(ROOT).as_posix()}\n"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    write_code(SCRIPTS, parser.parse_args().out)


if __name__ == "__main__":
    errors.run(main)
