import os
import re
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from embedding_bench.core.errors import UserError
from embedding_bench.project import commands
from embedding_bench.project.pins import check_pins
from embedding_bench.project.template import COPIED, create_project, is_project, upgrade_project
from embedding_bench.settings.complete import load_settings
from tests.conftest import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def hide_identity(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Take away what Git knows of the machine's user."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "XDG_"))] + ["EMAIL"]:
        patch.delenv(name, raising=False)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        patch.setenv(name, os.devnull)
    patch.setenv("HOME", str(home))


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A new project, created without a Git identity; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("parent") / "my project"
    with pytest.MonkeyPatch.context() as patch:
        hide_identity(patch, folder.parent)
        create_project(folder)
    return folder


def git(folder: Path, *arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def stages(folder: Path) -> dict[str, dict]:
    found: dict[str, dict] = YAML(typ="safe").load((folder / "dvc.yaml").read_text())["stages"]
    return found


def test_a_new_project_is_one_commit_and_clean(project):
    assert is_project(project)
    assert git(project, "log", "--format=%an <%ae> %s") == [
        "embedding-bench <embedding-bench@localhost> New project of Embedding Bench"
    ]
    assert git(project, "status", "--porcelain") == []
    assert Path(git(project, "rev-parse", "--show-toplevel")[0]) == project
    assert [path.name for path in project.parent.iterdir()] == ["my project"]


def test_a_new_project_has_the_files_of_this_one_and_no_others(project):
    copied = set(git(ROOT, "ls-tree", "-r", "--name-only", "HEAD", *COPIED)) - {"presets/README.md"}
    assert set(git(project, "ls-files")) == copied | {"requirements.txt", "README.md"}
    for name in copied - {"dvc.yaml"}:
        assert (project / name).read_text().splitlines() == git(ROOT, "show", f"HEAD:{name}"), name


def test_the_code_of_stages_depends_on_the_requirements_instead_of_the_packages_files(project):
    ours, theirs = git(ROOT, "show", "HEAD:dvc.yaml"), (project / "dvc.yaml").read_text().splitlines()
    changed = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    assert changed == [("      - embedding_bench", "      - requirements.txt")]
    assert stages(project)["code"]["deps"] == ["requirements.txt", "stages"]


def test_dvc_reads_the_graph(project):
    done = subprocess.run(
        ["dvc", "stage", "list", "--all", "--name-only"],
        cwd=project,
        env=commands.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert {line.split("@")[0] for line in done.stdout.splitlines()} == set(stages(ROOT))


def test_requirements_pin_this_package_and_what_it_declares(project):
    pins = dict(line.split("==") for line in (project / "requirements.txt").read_text().splitlines())
    declared = {re.match(r"[\w.-]+", line)[0] for line in PYPROJECT["project"]["dependencies"]}
    declared = {re.sub("[._]", "-", name) for name in declared}
    assert next(iter(pins)) == "embedding-bench"
    assert pins["embedding-bench"] == PYPROJECT["project"]["version"]
    assert {"embedding-bench", "keras", *declared} <= set(pins)  # TensorFlow brings Keras
    assert pins == {name: version(name) for name in pins}


def test_settings_of_a_new_project_are_right(project, monkeypatch):
    monkeypatch.chdir(project)
    assert Path(load_settings().input).is_file()


def test_the_readme_names_the_project(project):
    assert (project / "README.md").read_text().startswith("# my project\n")


def test_the_wheel_carries_all_that_is_copied():
    carried = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert carried == {name: f"embedding_bench/template/{name}" for name in COPIED}


def test_an_empty_folder_is_filled(tmp_path, monkeypatch):
    hide_identity(monkeypatch, tmp_path)
    (tmp_path / "empty").mkdir()
    create_project(tmp_path / "empty")
    assert is_project(tmp_path / "empty")


def test_a_folder_that_is_not_empty_is_refused_and_unchanged(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="mine: is there already; name a new folder"):
        create_project(folder)
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("notes.txt", "mine")]
    with pytest.raises(UserError, match=r"notes\.txt: is there already"):
        create_project(folder / "notes.txt")
    assert (folder / "notes.txt").read_text() == "mine"


def test_the_current_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in (Path(), tmp_path):
        with pytest.raises(UserError, match="name a new folder"):
            create_project(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_of_git_is_one_line_and_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "run", lambda *command, check: int("commit" in command))
    with pytest.raises(UserError, match="git commit: failed, see above"):
        create_project(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_without_git_nothing_is_created(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="git: not found; install Git"):
        create_project(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["dvc.yaml", "params.yaml"], True), (["dvc.yaml"], False), (["params.yaml"], False), ([], False)],
)
def test_a_project_has_a_graph_and_settings(tmp_path, names, expected):
    for name in names:
        (tmp_path / name).touch()
    assert is_project(tmp_path) == expected
    assert not is_project(tmp_path / "nowhere")


def test_a_folder_in_a_project_is_refused(project):
    with pytest.raises(UserError, match=r"lies in the project .*my project; name a folder outside"):
        create_project(project / "stages" / "new")


def test_a_parent_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot be created \(.*\); name one that can"):
        create_project(tmp_path / "file" / "new")


def test_a_project_is_upgraded_to_the_installed_version(tmp_path, monkeypatch):
    hide_identity(monkeypatch, tmp_path)
    folder = tmp_path / "old"
    create_project(folder)
    monkeypatch.chdir(folder)
    (folder / "requirements.txt").write_text("embedding-bench==0.0.1\n")
    (folder / "stages" / "train.py").write_text("old\n")
    with pytest.raises(UserError, match="changed since the last commit; commit or restore them"):
        upgrade_project()
    identity = ["-c", "user.name=x", "-c", "user.email=x@y"]
    git(folder, *identity, "commit", "-qam", "as an old version would have made it")
    with pytest.raises(UserError, match=r"embedding-bench==0\.0\.1, but .* is installed; .*embedding-bench upgrade"):
        check_pins()
    upgrade_project()
    check_pins()
    assert git(folder, "diff", "--name-only", "HEAD~1") == []
