"""A start without the clone: the wheel in another environment, from a CSV to a prediction."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest

from embedding_bench.project.params_file import change
from tests.conftest import ROOT
from tests.pipeline.conftest import SMALL, copy_files

# Heavy packages are those of this environment; `slow` installs them anew, at the versions of the lock.
SHARED, NEW = "shared packages", "new packages"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what Git tracks or would track."""
    folder = tmp_path_factory.mktemp("source")
    copy_files(folder)
    out = tmp_path_factory.mktemp("wheel")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(out),
    ]
    subprocess.run([*pip, str(folder)], check=True)
    return next(out.glob("*.whl"))


def install(wheel: Path, folder: Path, packages: str) -> Path:
    """Create a virtual environment with the wheel, and return its folder of programs."""
    venv.create(folder, with_pip=packages == NEW, symlinks=True)
    scripts = folder / "bin"
    if packages == NEW:
        pip = [scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        lock = folder / "constraints.txt"
        lines = (ROOT / "requirements.lock").read_text().splitlines()
        lock.write_text("\n".join(line.rstrip(" \\") for line in lines if line[:1].isalnum()))
        subprocess.run([*pip, "--constraint", lock, wheel], check=True)
    else:
        site = next(folder.glob("lib/python*/site-packages"))
        # A path in a .pth file is no site folder: the clone's own .pth file behind it is not read.
        (site / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
        pip = [sys.executable, "-m", "pip", "--python", scripts / "python", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, wheel], check=True)
        for program in ("dvc", "mlflow"):
            (scripts / program).write_text(f"#!/bin/sh\nexec '{scripts}/python' -m {program} \"$@\"\n")
            (scripts / program).chmod(0o755)
    return scripts


def run(scripts: Path, folder: Path, *command: str) -> str:
    """Run the installed command by its path, as without activation, and with no Git identity."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW", "PYTHON", "VIRTUAL_ENV", "GIT_"))}
    variables = kept | {"HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    program = str(scripts / "embedding-bench")
    done = subprocess.run([program, *command], cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def shrink(project: Path) -> None:
    """Commit small settings, as a user would edit them."""
    values: dict[str, object] = {}
    for name, value in (SMALL | {"run.vectors": ["random"]}).items():
        inner: Any = values
        *parents, key = name.split(".")
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[key] = value
    path = project / "params.yaml"
    path.write_text(change(path.read_text(), values))
    identity = ["-c", "user.name=x", "-c", "user.email=x@y"]
    subprocess.run(["git", *identity, "commit", "--quiet", "--all", "--message", "small"], cwd=project, check=True)


@pytest.mark.parametrize("packages", [SHARED, pytest.param(NEW, marks=pytest.mark.slow)])
def test_from_a_csv_to_a_prediction_with_nothing_but_the_wheel(wheel, tmp_path, packages):
    scripts = install(wheel, tmp_path / "environment", packages)
    where = subprocess.run(
        [scripts / "python", "-c", "import embedding_bench; print(embedding_bench.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]},
    ).stdout  # fmt: skip
    assert str(tmp_path) in where
    shutil.copy(ROOT / "examples/news.csv", tmp_path / "reviews.csv")

    assert "plan for 15 minutes" in run(scripts, tmp_path, "answer", "reviews.csv", "--dry")
    assert not (tmp_path / "reviews-bench").exists()
    project = tmp_path / "reviews-bench"
    run(scripts, tmp_path, "init", "reviews-bench")
    shrink(project)
    shown = run(scripts, tmp_path, "answer", "reviews.csv", "--minutes", "0")
    assert f"project: {project}, which is there already" in shown
    assert shown.strip().splitlines()[-1].startswith(("Use ", "No embedding beats "))
    assert "embedding-bench==" in (project / "requirements.txt").read_text()
    assert (project / "reports/index.html").exists()
    label, probability, text = run(scripts, project, "predict", "rain over the city").rstrip("\n").split("\t")
    assert label in json_labels(project)
    assert 0 < float(probability) <= 1
    assert text == "rain over the city"
    assert run(scripts, project, "leaderboard").count("\n->") == 1


def json_labels(project: Path) -> list[str]:
    labels: list[str] = json.loads((project / "data/export/labels.json").read_text())
    return labels
