"""dvc.yaml says the truth about the code."""

import ast
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

STAGES = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())["stages"]
PACKAGES = {path.parent.name for path in (ROOT / "stages").glob("*/__init__.py")}


def imported(path: Path) -> set[str]:
    """Name the packages of `stages` that a module imports, at its top or inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("stages.")} & PACKAGES


def reached(path: Path) -> set[str]:
    """Follow the imports of a module through the packages."""
    found: set[str] = set()
    waiting = imported(path)
    while waiting:
        package = waiting.pop()
        found.add(package)
        for module in (ROOT / "stages" / package).rglob("*.py"):
            waiting |= imported(module) - found
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_its_module_and_the_packages_that_it_imports(stage):
    code = {dep for dep in STAGES[stage]["deps"] if dep.startswith("stages/")}
    module = ROOT / "stages" / f"{stage}.py"
    assert code == {f"stages/{stage}.py", *(f"stages/{package}" for package in reached(module))}


def test_every_module_beside_the_packages_is_a_stage():
    assert {path.stem for path in (ROOT / "stages").glob("*.py")} == {"__init__", *STAGES}


def test_every_stage_has_a_sentence():
    assert all(stage["desc"] for stage in STAGES.values())


JOINS = {
    "serving": {"corpus", "tokens", "models"},  # cleaning, tokens and encoders are those of training
    "reporting": {"results"},  # figures are written as in the leaderboard
}


def test_packages_import_core_and_themselves_alone():
    for package in PACKAGES:
        for module in (ROOT / "stages" / package).rglob("*.py"):
            assert imported(module) <= {"core", package} | JOINS.get(package, set()), module


def test_tensorflow_is_imported_where_it_is_needed_alone():
    users = {
        path.relative_to(ROOT / "stages").parts[0]
        for path in (ROOT / "stages").rglob("*.py")
        if "from embedding_bench.tensorflow import" in path.read_text()
    }
    assert users == {"models", "serving", "tokens"}
