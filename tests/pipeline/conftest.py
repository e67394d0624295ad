"""The real DAG in temporary copies of this project, at a small size."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

SMALL: dict[str, Any] = {
    "run.vectors": ["random", "word2vec"],
    "run.tuning": ["finetuned"],
    "run.encoders": ["mean"],
    "run.baselines": ["majority", "tfidf"],
    "datasets.sample.train": 200,
    "datasets.sample.validation": 80,
    "datasets.sample.test": 120,
    "datasets.sample.unlabeled": 300,
    "vectors.random.dimensions": 8,
    "vectors.word2vec.dimensions": 8,
    "vectors.word2vec.epochs": 1,
    "encoders.mean.epochs": 3,
    "training.replicates": 2,
    "training.label_budgets": [50],
    "report.words": 100,
    "report.labelled_words": 40,
    "report.method": "pca",
}


class Project(NamedTuple):
    """A copy of the project with its own Git and DVC."""

    root: Path

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy as a user would: with bytecode, without this machine's settings of MLflow."""
        variables = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW")}
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables['PATH']}"
        done = subprocess.run(command, cwd=self.root, env=variables, capture_output=True, text=True, check=False)
        if check:
            assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done

    def repro(self) -> list[str]:
        """Run `dvc repro` and name the stages whose commands ran, in their order."""
        return ran(self.run("dvc", "repro").stdout)

    def set(self, values: dict[str, Any]) -> None:
        """Change values of params.yaml, by their dotted names."""
        yaml = YAML()
        path = self.root / "params.yaml"
        params = yaml.load(path.read_text())
        for name, value in values.items():
            *parents, key = name.split(".")
            place = params
            for parent in parents:
                place = place[parent]
            assert key in place, name
            place[key] = value
        with path.open("w") as file:
            yaml.dump(params, file)

    def bytes_of(self, *patterns: str) -> dict[str, bytes]:
        """Read the files that match, by their path."""
        files = [path for pattern in patterns for path in sorted(self.root.glob(pattern)) if path.is_file()]
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files}


def ran(output: str) -> list[str]:
    """Name the stages that DVC says it ran."""
    return [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]


def copy_files(root: Path) -> None:
    """Copy what Git tracks or would track, without results of earlier runs."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and name != "dvc.lock" and not name.startswith("metrics/"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)


def copy_project(root: Path) -> Project:
    """Copy the project's files, and commit them with small settings."""
    copy_files(root)
    project = Project(root)
    project.set(SMALL)
    project.run("git", "init", "--quiet")
    project.run("git", "config", "user.email", "test@example.com")
    project.run("git", "config", "user.name", "test")
    project.run("git", "add", "--all")
    project.run("git", "commit", "--quiet", "--message", "small")
    return project


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy in which the whole DAG has run once; tests leave it as they found it."""
    project = copy_project(tmp_path_factory.mktemp("finished"))
    project.run("dvc", "repro")
    project.run("git", "add", "--all")
    project.run("git", "commit", "--quiet", "--message", "results")
    return project
