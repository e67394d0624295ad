"""A new project: the graph, its settings and stage scripts, under Git and DVC, with pinned requirements.

The wheel carries them in `embedding_bench/template`; from a clone of Embedding Bench they are those of its last commit.
"""

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

from embedding_bench.core.errors import UserError
from embedding_bench.core.files import atomic_folder
from embedding_bench.git import git, identity
from embedding_bench.imports import PACKAGE, ROOT
from embedding_bench.project import commands
from embedding_bench.project.pins import REQUIREMENTS, pinned_requirements

GRAPH, SCRIPTS = "dvc.yaml", "stages"
COPIED = (
    ".dvc/.gitignore",
    ".dvc/config",
    ".dvc/plots",
    ".dvcignore",
    ".gitignore",
    GRAPH,
    "examples/news.csv",
    "params.yaml",
    "presets",
    SCRIPTS,
)
CODE = "      - embedding_bench\n"  # of a clone, which stage `code` depends on
README = """\
# {name}

Which word embedding should a classifier of these texts use, by how much, and how sure is that?

    embedding-bench answer DATA.csv       # a table or a folder -> the answer, a page and a model
    embedding-bench leaderboard           # the last run again
    embedding-bench predict "a text"      # the exported model
    embedding-bench --help                # everything else

`params.yaml` holds the settings, `dvc.yaml` the graph, `stages/` its scripts. Every stage depends on the versions that
`requirements.txt` pins: `pip install EMBEDDING_BENCH_WHEEL -r requirements.txt` installs them elsewhere, and
`embedding-bench upgrade` moves the project to the versions installed.
"""


def is_project(folder: Path) -> bool:
    """Tell whether a folder holds a project."""
    return (folder / GRAPH).is_file() and (folder / "params.yaml").is_file()


def project_around(folder: Path) -> Path | None:
    """Return the project that a folder is, or lies in; None where there is none."""
    folder = folder.absolute()
    return next((parent for parent in (folder, *folder.parents) if is_project(parent)), None)


def create_project(folder: Path) -> None:
    """Create a project with its first commit; the folder appears whole or not at all.

    Raises:
        UserError: The folder is the current one, is there already and not empty, lies in a project or cannot be
            written, or Git is missing or fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir()) or folder.samefile(Path())):
        raise UserError(f"{folder}: is there already; name a new folder: embedding-bench init DIR")
    if outer := project_around(folder):
        raise UserError(f"{folder}: lies in the project {outer}; name a folder outside: embedding-bench init DIR")
    if not git("--version"):
        raise UserError("git: not found; install Git, which DVC needs")
    try:
        with atomic_folder(folder) as scratch:
            _lay_out(scratch, COPIED)
            (scratch / "presets" / "README.md").unlink()  # its links lead to other files of the clone
            (scratch / "README.md").write_text(README.format(name=folder.absolute().name), encoding="utf-8")
            _commit(scratch)
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be created ({error.strerror}); name one that can: embedding-bench init DIR"
        ) from None


def upgrade_project() -> None:
    """Move the project in the current folder to the installed version: its graph, its scripts and its pins.

    Raises:
        UserError: The graph or the scripts have changes that no commit holds, and that would be lost.
    """
    if git("status", "--porcelain", "--", GRAPH, SCRIPTS, str(REQUIREMENTS)):
        raise UserError(f"{GRAPH}, {SCRIPTS} or {REQUIREMENTS}: changed since the last commit; commit or restore them")
    shutil.rmtree(SCRIPTS)
    _lay_out(Path(), (GRAPH, SCRIPTS))


def _lay_out(folder: Path, names: tuple[str, ...]) -> None:
    """Copy files of the template, and let the graph depend on the pinned requirements."""
    if _commit_of_clone():
        _extract_commit(folder, names)
    else:
        for name in names:
            _copy(_template() / name, folder / name)
    graph = folder / GRAPH
    graph.write_text(depend_on_requirements(graph.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / REQUIREMENTS).write_text(pinned_requirements(), encoding="utf-8")


def committed_text(name: str) -> str:
    """Return the text of a file of the template, such as params.yaml."""
    commit = _commit_of_clone()
    return git("-C", str(ROOT), "show", f"{commit}:{name}") if commit else (_template() / name).read_text("utf-8")


def _template() -> Path:
    packaged = PACKAGE / "template"
    return packaged if packaged.is_dir() else ROOT


def _commit_of_clone() -> str:
    """Return the last commit of the clone that this package runs from; "" for an installed wheel."""
    return git("-C", str(ROOT), "rev-parse", "HEAD").strip() if _template() == ROOT else ""


def depend_on_requirements(graph: str) -> str:
    """Let the code of dvc.yaml's stages depend on the pinned requirements in place of the package's files."""
    return graph.replace(CODE, f"      - {REQUIREMENTS}\n")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


def _extract_commit(folder: Path, names: tuple[str, ...]) -> None:
    """Extract files of the clone's last commit: a preset or an experiment may have changed its working copy."""
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "HEAD", *names], capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")


def _commit(folder: Path) -> None:
    """Make the first commit; `.dvc/config` is all that DVC needs."""
    with identity(folder):
        for arguments in (
            ["init", "--quiet"],
            ["add", "--all"],
            ["commit", "--quiet", "--message", "New project of Embedding Bench"],
        ):
            if commands.run("git", "-C", str(folder), *arguments, check=False):
                raise UserError(f"git {arguments[0]}: failed, see above; fix that and rerun")
