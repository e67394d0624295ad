"""A new project: the graph, its settings and stage scripts, under Git and DVC, with pinned requirements.

The wheel carries them in `embedding_bench/template`; in a clone of Embedding Bench they are the repository's own files.
"""

import re
import shutil
from importlib.metadata import requires, version
from pathlib import Path

from embedding_bench.core.errors import UserError
from embedding_bench.core.files import atomic_folder
from embedding_bench.git import git, identity
from embedding_bench.imports import PACKAGE, ROOT
from embedding_bench.project import commands

DISTRIBUTION = "embedding-bench"
REQUIREMENTS = "requirements.txt"
COPIED = (
    ".dvc/.gitignore",
    ".dvc/config",
    ".dvc/plots",
    ".dvcignore",
    ".gitignore",
    "dvc.yaml",
    "examples/news.csv",
    "params.yaml",
    "presets",
    "stages",
)
CODE = re.compile(r"( +- )embedding_bench/\S*\n")
NOTE = re.compile(r"^# A stage's code dependencies .*\n", re.MULTILINE)  # on the clone's own tests
README = """\
# {name}

Which word embedding should a classifier of these texts use, by how much, and how sure is that?

    embedding-bench answer DATA.csv       # a table or a folder -> the answer, a page and a model
    embedding-bench leaderboard           # the last run again
    embedding-bench predict "a text"      # the exported model
    embedding-bench --help                # everything else

`params.yaml` holds the settings, `dvc.yaml` the graph, `stages/` its scripts. `pip install -r requirements.txt`
installs the versions that results depend on; an edit of that file re-runs every stage.
"""


def template() -> Path:
    """Return the folder that a new project is copied from."""
    packaged = PACKAGE / "template"
    return packaged if packaged.is_dir() else ROOT


def is_project(folder: Path) -> bool:
    """Tell whether a folder holds a project."""
    return (folder / "dvc.yaml").is_file() and (folder / "params.yaml").is_file()


def create_project(folder: Path) -> None:
    """Create a project with its first commit; the folder appears whole or not at all.

    Raises:
        UserError: The folder is the current one, or is there already and not empty, or Git is missing or fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir()) or folder.samefile(Path())):
        raise UserError(f"{folder}: is there already; name a new folder")
    if not git("--version"):
        raise UserError("git: not found; install Git, which DVC needs")
    with atomic_folder(folder) as scratch:
        for name in COPIED:
            _copy(template() / name, scratch / name)
        graph = scratch / "dvc.yaml"
        graph.write_text(depend_on_requirements(graph.read_text(encoding="utf-8")), encoding="utf-8")
        (scratch / REQUIREMENTS).write_text(requirements(), encoding="utf-8")
        (scratch / "README.md").write_text(README.format(name=folder.resolve().name), encoding="utf-8")
        _commit(scratch)


def depend_on_requirements(graph: str) -> str:
    """Let every stage of dvc.yaml depend on the pinned requirements in place of the package's files."""
    lines: list[str] = []
    for line in NOTE.sub("", graph).splitlines(keepends=True):
        if code := CODE.fullmatch(line):
            line = f"{code[1]}{REQUIREMENTS}\n"
            if line == lines[-1]:
                continue
        lines.append(line)
    return "".join(lines)


def requirements() -> str:
    """Pin this package and the packages that it requires at the versions installed here."""
    names = {
        re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in requires(DISTRIBUTION) or [] if "extra ==" not in line
    }
    return "".join(f"{name}=={version(name)}\n" for name in [DISTRIBUTION, *sorted(names)])


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


def _commit(folder: Path) -> None:
    """Make the first commit; `.dvc/config` is all that DVC needs."""
    with identity():
        for arguments in (
            ["init", "--quiet"],
            ["add", "--all"],
            ["commit", "--quiet", "--message", "New project of Embedding Bench"],
        ):
            if commands.run("git", "-C", str(folder), *arguments, check=False):
                raise UserError(f"git {arguments[0]}: failed, see above; fix that and rerun")
