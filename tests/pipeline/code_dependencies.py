"""The code that each stage of dvc.yaml depends on, from the imports of its script.

`python -m tests.pipeline.code_dependencies` writes it into dvc.yaml.
"""

import re
from pathlib import Path

from embedding_bench.imports import PACKAGE, import_closure
from tests.conftest import ROOT

GRAPH = ROOT / "dvc.yaml"
CODE = ("stages/", "embedding_bench/")


def modules() -> set[Path]:
    """All files of the package that code or data are in, but for `__init__.py` and bytecode."""
    return {p for p in PACKAGE.rglob("*") if p.is_file() and p.name != "__init__.py" and "__pycache__" not in p.parts}


def expected(stage: str) -> list[str]:
    """Name the stage's scripts, and the files that they import: a folder where they import all files of it."""
    names = [*scripts(stage), *sorted(_fold(PACKAGE, closure(stage)))]
    return [str(path.relative_to(ROOT)) for path in names]


def scripts(stage: str) -> list[Path]:
    """Return what `python -m stages.NAME` runs."""
    return [ROOT / "stages" / "__init__.py", ROOT / "stages" / f"{stage}.py"]


def closure(stage: str) -> set[Path]:
    """Return the files of the package that a stage imports."""
    return set().union(*map(import_closure, scripts(stage)))


def _fold(folder: Path, closure: set[Path]) -> list[Path]:
    inside = {path for path in modules() if path.is_relative_to(folder)}
    if inside <= closure and inside:
        return [folder]
    found = [path for path in inside & closure if path.parent == folder]
    for child in sorted({p for p in folder.iterdir() if p.is_dir() and p.name != "__pycache__"}):
        if any(path.is_relative_to(child) for path in closure):
            found += _fold(child, closure)
    return found


def write(text: str) -> str:
    """Return dvc.yaml with the code dependencies of all stages, each after the stage's data."""
    lines: list[str] = []
    stage, in_deps = "", False
    for line in text.splitlines():
        if header := re.fullmatch(r"  (\w+):", line):
            stage = header[1]
        if in_deps and not line.startswith("      "):
            lines += [f"      - {name}" for name in expected(stage)]
            in_deps = False
        if not (in_deps and line.strip().removeprefix("- ").startswith(CODE)):
            lines.append(line)
        in_deps = in_deps or line == "    deps:"
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    GRAPH.write_text(write(GRAPH.read_text()))
