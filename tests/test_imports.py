import ast
import subprocess
import sys
from pathlib import Path

import pytest

from embedding_bench import imports
from embedding_bench.imports import PACKAGE, import_closure
from tests.conftest import ROOT


@pytest.fixture
def closure(tmp_path, monkeypatch):
    """Write modules of a package `pack` and a script, and name the files that the script needs."""
    monkeypatch.setattr(imports, "ROOT", tmp_path)
    monkeypatch.setattr(imports, "PACKAGE", tmp_path / "pack")

    def closure_of(script: str, **files: str) -> set[str]:
        for name, text in {"__init__.py": '"""A package."""\n', **files}.items():
            path = tmp_path / "pack" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        path = tmp_path / "script.py"
        path.write_text(script)
        return {str(path.relative_to(tmp_path / "pack")) for path in import_closure(path)}

    return closure_of


@pytest.mark.parametrize(
    "script",
    [
        "import pack.a",
        "import os, pack.a as renamed",
        "from pack import a",
        "from pack.a import name",
        "def function():\n    from pack import a",
        "async def function():\n    with open() as file:\n        import pack.a",
        "class Class:\n    def method(self):\n        import pack.a",
        "for x in y:\n    while z:\n        import pack.a",
        "if x:\n    pass\nelif y:\n    import pack.a",
        "if x:\n    pass\nelse:\n    import pack.a",
        "match x:\n    case 1:\n        pass\n    case _:\n        import pack.a",
        "try:\n    import pack.a\nexcept ImportError:\n    pass",
        "try:\n    pass\nexcept ImportError:\n    import pack.a",
        "try:\n    pass\nfinally:\n    import pack.a",
        "if TYPE_CHECKING:\n    from pack import b\nelse:\n    from pack import a",
        "if TYPE_CHECKING:\n    from pack import b\nfrom pack import a",
    ],
)
def test_an_import_counts_wherever_it_stands(closure, script):
    assert closure(script, **{"a.py": "", "b.py": ""}) == {"a.py"}


@pytest.mark.parametrize(
    "script",
    ["", "import os.path", "from package import a", "import packed.a", "if TYPE_CHECKING:\n    import pack.a"],
)
def test_other_packages_and_imports_for_types_do_not_count(closure, script):
    assert closure(script, **{"a.py": ""}) == set()


def test_imports_of_imports_count_also_in_a_circle(closure):
    files = {"a.py": "from pack.sub import b", "sub/b.py": "import pack.a, pack.c", "c.py": "", "unused.py": ""}
    assert closure("import pack.a", **files) == {"a.py", "sub/b.py", "c.py"}


def test_the_init_of_a_package_counts_only_with_code(closure):
    files = {"sub/__init__.py": '"""Docstring."""', "sub/a.py": ""}
    assert closure("import pack.sub.a", **files) == {"sub/a.py"}


def test_the_code_of_an_init_is_followed(closure):
    files = {"sub/__init__.py": '"""Docstring."""\nfrom pack import b', "sub/a.py": "", "b.py": ""}
    assert closure("from pack.sub.a import name", **files) == {"sub/__init__.py", "sub/a.py", "b.py"}


def test_data_files_belong_to_the_module_of_their_folders_name(closure):
    files = {"page.py": "", "page/style.css": "", "page/parts/head.html": "", "other.py": "", "other/x.css": ""}
    assert closure("import pack.page", **files) == {"page.py", "page/style.css", "page/parts/head.html"}


# --- this package -----------------------------------------------------------------------------------------------------


def test_the_report_needs_the_files_of_its_page():
    closure = import_closure(ROOT / "stages" / "report.py")
    data = {path for path in (PACKAGE / "reporting" / "page").iterdir() if path.is_file()}
    assert {path.name for path in data} >= {"script.js", "style.css", "template.html.jinja"}
    assert data <= closure
    assert PACKAGE / "tracking" / "store.py" not in closure


def test_the_closure_has_all_that_python_imports():
    code = (
        "import sys, stages.check;"
        "print(*(m.__file__ for name, m in sys.modules.items() if name.startswith('embedding_bench')), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = {Path(line) for line in done.stdout.splitlines() if not line.endswith("__init__.py")}
    assert PACKAGE / "settings" / "complete.py" in imported
    assert imported <= import_closure(ROOT / "stages" / "__init__.py") | import_closure(ROOT / "stages" / "check.py")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_an_init_holds_a_docstring_alone(path):
    module = ast.parse(path.read_text())
    assert ast.get_docstring(module)
    assert len(module.body) == 1


def test_no_import_is_relative():
    """The closure follows absolute names alone."""
    for path in [*PACKAGE.rglob("*.py"), *(ROOT / "stages").glob("*.py")]:
        nodes = ast.walk(ast.parse(path.read_text()))
        assert not [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level], path
