"""dvc.yaml agrees with the code: which modules, sections and paths each stage depends on."""

import ast
import hashlib
import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from dvc.repo import Repo
from ruamel.yaml import YAML

from embedding_bench.artifacts import leaderboard
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.search import VariantSettings, left_out
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import write_json
from embedding_bench.core.params import Params
from embedding_bench.imports import PACKAGE, import_closure
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.run import RUN
from stages.code import write_code
from tests.conftest import ROOT
from tests.pipeline.conftest import Project

STAGES = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())["stages"]
SCRIPT_LINES = 100
# Packages of the library, each with the others that it may import; core and settings import no others.
SHARED_MODULES = {"core", "settings", "artifacts", "arrays", "git", "tensorflow"}
ALLOWED_IMPORTS = {
    "settings": set(),
    "artifacts": set(),
    "execution": set(),
    "corpus": {"execution"},
    "tokens": {"execution"},
    "evaluation": set(),
    "vectors": {"execution", "tokens"},  # text files are tokenized as the corpus was
    "models": {"evaluation", "execution"},
    "search": {"evaluation", "execution"},
    "baselines": {"evaluation", "execution"},
    "probing": set(),
    "serving": {
        "corpus",
        "evaluation",
        "tokens",
        "models",
        "imports",
    },  # cleaning, tokens and network are those of training
    "reporting": {"evaluation", "execution", "probing"},
    "tracking": {"evaluation", "reporting", "serving"},
    # Of models the canary; of models, tokens and vectors the speed.
    "project": {"corpus", "evaluation", "execution", "imports", "models", "search", "tokens", "vectors"},
}


def modules() -> set[Path]:
    """All files of the package that code or data are in, but for `__init__.py` and bytecode."""
    return {p for p in PACKAGE.rglob("*") if p.is_file() and p.name != "__init__.py" and "__pycache__" not in p.parts}


def declared(stage: str) -> set[str]:
    """Name the sections of params.yaml that a stage declares, of one entry of a catalogue the catalogue."""
    keys = {key for key in STAGES[stage].get("params", []) if isinstance(key, str)}
    return {key.partition(".")[0] if "${" in key else key for key in keys}


def parts(values: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    """Keep these keys, such as `run` or `compare.select_by`."""
    kept: dict[str, Any] = {}
    for key in keys:
        section, _, inner = key.partition(".")
        kept[section] = {**kept.get(section, {}), inner: values[section][inner]} if inner else values[section]
    return kept


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "code"])
def test_a_stage_depends_on_the_list_of_its_code_alone(stage):
    code = [dep for dep in STAGES[stage]["deps"] if dep.startswith(("data/code", "stages", "embedding_bench"))]
    assert code == [f"data/code/{stage}.txt"]


def listed(folder: Path) -> dict[str, dict[str, str]]:
    """Read the code of each stage: the hash of each file, by its path."""
    lines = {path.stem: path.read_text().splitlines() for path in folder.iterdir()}
    return {stage: dict(reversed(line.split("  ")) for line in code) for stage, code in lines.items()}


def test_the_lists_name_the_script_and_all_that_it_imports(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    write_code(Path("stages"), tmp_path / "code")
    found = listed(tmp_path / "code")
    assert set(found) == set(STAGES) - {"code"}
    for stage, code in found.items():
        scripts = [ROOT / "stages/__init__.py", ROOT / f"stages/{stage}.py"]
        reached = set(scripts).union(*map(import_closure, scripts))
        assert set(code) == {str(path.relative_to(ROOT)) for path in reached}
        for name, digest in code.items():
            assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest().startswith(digest)


def test_in_a_project_the_pinned_versions_are_part_of_the_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "stages", "stages")
    found = []
    for pins in ("a==1\n", "a==2\n"):
        Path("requirements.txt").write_text(pins)
        write_code(Path("stages"), Path("data/code"))
        found.append(listed(Path("data/code")))
    before, after = found
    for stage in before:
        assert {name for name in after[stage] if before[stage][name] != after[stage][name]} == {"requirements.txt"}


def test_every_script_is_a_stage_and_short():
    scripts = {path.stem: path for path in (ROOT / "stages").glob("*.py") if path.stem != "__init__"}
    assert set(scripts) == set(STAGES)
    assert {name for name, path in scripts.items() if len(path.read_text().splitlines()) > SCRIPT_LINES} == set()


def test_every_stage_has_a_sentence():
    assert all(stage["desc"] for stage in STAGES.values())


@pytest.mark.parametrize(
    ("module", "stages"),
    [
        ("settings/report.py", {"check", "report"}),
        ("reporting/charts/learning.py", {"report"}),
        ("evaluation/effects.py", {"compare"}),
        ("models/adagrad.py", {"search", "train", "confirm"}),
    ],
)
def test_dvc_says_which_stages_an_edit_makes_stale(finished: Project, module, stages):
    def status() -> set[str]:
        """Ask which stages are stale; of one that only follows others DVC says nothing before these have run."""
        shown = YAML(typ="safe").load(finished.run("dvc", "status", "--json").stdout)
        return {name.partition("@")[0] for name in shown} - {"track"}  # not cached: stale where a test went back

    path = finished.root / "embedding_bench" / module
    text = path.read_text()
    assert status() == set()
    try:
        path.write_text(f"{text}\n# edited\n")
        assert status() == {"code"}
        finished.run("dvc", "repro", "code")
        assert status() == stages
    finally:
        path.write_text(text)
        finished.run("dvc", "repro", "code")


ARGUMENTS = {
    "download": ["--dataset=sample"],
    "vectorize": ["--vectorizer=words", "--corpus=c"],
    "vectors": ["--vectors=word2vec", "--tokens=t"],
    "embed": ["--source=word2vec", "--tokens=t", "--vectors=v"],
    "search": [
        "--vectors=word2vec",
        "--tuning=frozen",
        "--encoder=mean",
        "--corpus=c",
        "--tokens=t",
        "--embedding=e",
    ],
    "search_baseline": ["--baseline=tfidf", "--corpus=c"],
    "train": ["--settings=s.json", "--corpus=c", "--tokens=t", "--embedding=e", "--scores=s"],
    "baseline": ["--settings=b.json", "--corpus=c"],
    **{
        stage: ["--root=."]
        for stage in ("intrinsic", "projector", "select", "confirm", "compare", "export", "report", "track")
    },
}
ENTRY_FUNCTIONS = {
    "vectors": "make_vectors",
    "baseline": "write_baseline",
    "projector": "project",
}  # others: by the stage's name


def test_every_stage_declares_its_sections():
    """`check` parses the whole of params.yaml, and `code` nothing."""
    assert set(ARGUMENTS) == set(STAGES) - {"check", "code"}


@pytest.mark.parametrize("stage", ARGUMENTS)
def test_a_stage_parses_the_sections_that_it_declares_and_no_others(stage, tmp_path, monkeypatch):
    values = Params.read(ROOT / "params.yaml").values
    out = [] if "--root=." in ARGUMENTS[stage] else ["--out=o"]
    monkeypatch.setattr(sys, "argv", [stage, *ARGUMENTS[stage], *out])
    monkeypatch.chdir(tmp_path)
    settings = load_settings(ROOT / "params.yaml")
    write_json(Path("b.json"), {"baseline": settings.baselines["tfidf"].plain()})
    parts_of = settings.encoders["mean"], settings.tuning["frozen"], settings.vectors["word2vec"].drawn
    write_json(Path("s.json"), VariantSettings(*parts_of).plain())
    script = import_module(f"stages.{stage}")

    def call(sections: set[str]) -> Any:
        """Run the script with these sections alone, without its work."""
        params = Params(parts(values, sections))
        with (
            patch.object(Params, "read", return_value=params),
            patch.object(script, ENTRY_FUNCTIONS.get(stage, stage)) as work,
        ):
            script.main()
        return work

    assert call(declared(stage)).called
    for missing in declared(stage):
        with pytest.raises(UserError, match=f"{missing}: missing"):
            call(declared(stage) - {missing})


def test_layout_and_graph_name_the_same_paths(finished: Project):
    run = Params.read(finished.root / "params.yaml").section(RUN)
    layout = Layout(finished.root)
    paths = {
        layout.corpus, layout.projector_config, layout.intrinsic, layout.leaderboard_page, layout.export, layout.report,
        layout.leaderboard, layout.summary, layout.coverage, layout.analysis, layout.intrinsic_metrics, layout.curves,
        layout.learning, layout.confusion, layout.published, layout.selection, layout.code, layout.search_summary,
        layout.projections,
        layout.search_curves,
        layout.confirmed, *map(layout.baseline, run.baselines), *map(layout.search, run.baselines),
    }  # fmt: skip
    for vectorizer in run.vectorizers:
        paths.add(layout.tokens(vectorizer))
        for vectors in run.vectors:
            paths |= {layout.vectors(vectorizer, vectors), layout.embedding(vectorizer, vectors)}
    for variant in run.cells:
        paths |= {layout.model(variant), layout.scores(variant), layout.search(variant.name)}
    repo = Repo(str(finished.root))
    outs = {Path(out.fs_path) for stage in repo.index.stages for out in stage.outs}
    unread = {finished.root / "data/checked.txt"}  # only DVC watches it
    assert outs - unread == paths
    inputs = {Path(dep.fs_path) for stage in repo.index.stages for dep in stage.deps}
    inside = {path for path in inputs if path.is_relative_to(layout.data) or path.is_relative_to(layout.metrics)}
    assert all(any(out.is_relative_to(path) or path.is_relative_to(out) for out in outs) for path in inside)
    repo.close()


def test_cells_that_are_left_out_leave_a_reason_and_no_row(finished: Project):
    settings, layout = load_settings(finished.root / "params.yaml"), Layout(finished.root)
    assert layout.variants(settings.run) == settings.variants
    board = leaderboard.read(layout.leaderboard)
    for cell in set(settings.run.cells) - set(settings.variants):
        assert "control: true trains it" in (left_out(layout.settings(cell.name)) or "")
        for folder in (layout.scores(cell), layout.model(cell)):
            assert "control: true trains it" in (folder / "left-out.txt").read_text()
        assert cell.name not in board.names


FOLDERS = {
    "data", "metrics", "reports", "logs", "models", "scores", "embeddings", "baselines", "projector", "intrinsic",
}  # fmt: skip


def artifact_paths(text: str) -> set[str]:
    """Find the strings of a module that begin with a folder of artifacts and that it makes a path of.

    Such a string stands beside `/` or in `Path(...)`, itself or as a constant of the module.
    """
    tree = ast.parse(text)
    constants = {
        ast.unparse(target): node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
    }
    found = set()
    for node in ast.walk(tree):
        is_path = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("Path", "joinpath")
        if is_path or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
            for part in ast.walk(node):
                value = part.value if isinstance(part, ast.Constant) else constants.get(ast.unparse(part))
                if isinstance(value, str) and value.split("/")[0] in FOLDERS:
                    found.add(value)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "folder / 'data' / name",
        "Path('data/export')",
        "pathlib.Path('data', 'export')",
        "root.joinpath('data')",
        "MODEL = 'data/export'\ndef model(): return Path(MODEL)",
        "LOGS = 'logs'\nproject_root() / LOGS",
    ],
)
def test_a_path_of_an_artifact_is_found_however_it_is_built(text):
    assert len(artifact_paths(text)) == 1


def test_no_module_but_layout_builds_a_path_of_an_artifact():
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "stages").glob("*.py")]
    assert {str(path.relative_to(ROOT)) for path in files if artifact_paths(path.read_text())} == {
        "embedding_bench/artifacts/layout.py",
        "embedding_bench/probing/source.py",  # vectors that are named by the path of their folder
        "embedding_bench/project/check.py",  # the folder that no input may be in
        "stages/train.py",  # TensorBoard's logs: an edit of layout.py would train every variant anew
    }


def test_packages_import_core_settings_artifacts_and_few_others():
    for package, others in ALLOWED_IMPORTS.items():
        for module in (PACKAGE / package).rglob("*.py"):
            assert packages_of(module) <= SHARED_MODULES | others | {package}, module
    for module in (PACKAGE / "core").glob("*.py"):
        assert packages_of(module) <= {"core"}, module
    for module in (PACKAGE / "settings").glob("*.py"):
        assert packages_of(module) <= {"core", "settings"}, module
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == {
        *ALLOWED_IMPORTS,
        "core",
        "cli",
    }


def packages_of(module: Path) -> set[str]:
    """Name the packages and top modules of the library that a module imports, for type checks too."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("embedding_bench.")}


def test_every_module_is_imported_by_a_stage_or_a_command():
    """A module that nothing reaches is dead."""
    started = [PACKAGE / "cli" / "main.py", PACKAGE / "execution" / "worker.py"]
    reached = set(started).union(*map(import_closure, [*(ROOT / "stages").glob("*.py"), *started]))
    assert modules() - reached == {PACKAGE / "py.typed"}


def test_only_these_packages_import_tensorflow():
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if "embedding_bench.tensorflow" in path.read_text() and path.parent != PACKAGE
    }
    assert users == {"models", "serving", "tokens", "corpus"}
