"""Which modules of this package a Python file needs, found by following its imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent


def import_closure(path: Path) -> set[Path]:
    """Return the files of this package that a Python file imports, directly or through others.

    Imports inside functions count, those under `if TYPE_CHECKING:` do not. An `__init__.py` counts only where it holds
    more than a docstring. Data files in a folder beside a module and of its name belong to that module.
    """
    closure: set[Path] = set()
    waiting = set(_imported(path))
    while waiting:
        module = waiting.pop()
        closure.add(module)
        waiting |= set(_imported(module)) - closure
    return closure | {data for module in closure for data in _data_files(module)}


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(file for name in _names(tree.body) for file in _files(name))


def _names(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the absolute names that statements import: modules, and what is imported from them."""
    for statement in body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            yield from _names(statement.orelse)
        elif isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)
        else:
            for _, field in ast.iter_fields(statement):
                if isinstance(field, list):
                    yield from _names([node for node in field if isinstance(node, ast.stmt)])
                    for node in field:
                        if isinstance(node, ast.match_case | ast.ExceptHandler):
                            yield from _names(node.body)


def _files(name: str) -> Iterator[Path]:
    """Yield the files that importing a dotted name runs: its packages' `__init__.py` with code, and the module."""
    parts = name.split(".")
    if parts[0] != PACKAGE.name:
        return
    for end in range(1, len(parts) + 1):
        path = ROOT.joinpath(*parts[:end])
        if path.with_suffix(".py").is_file():
            yield path.with_suffix(".py")
        elif (path / "__init__.py").is_file() and _has_code(path / "__init__.py"):
            yield path / "__init__.py"


@cache
def _has_code(path: Path) -> bool:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return len(body) > 1 or not isinstance(body[0], ast.Expr)


def _data_files(module: Path) -> list[Path]:
    folder = module.with_suffix("")
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
