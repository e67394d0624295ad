"""The real DAG on a Ray cluster of this machine, whose driver dies, then a node; another node computes differently."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from ruamel.yaml import YAML

from tests.execution.ray_nodes import Nodes, can_hide
from tests.pipeline.conftest import Project, copy_project, ran

pytestmark = pytest.mark.heavy


class Run:
    """`embedding-bench repro` on a cluster, in a project."""

    def __init__(self, project: Project, address: str) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW")}
        command = [sys.executable, "-m", "embedding_bench.cli.main", "repro", "--on", address]
        self.log = project.root.with_name("run.log")
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=project.root, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    def wait_for(self, text: str) -> None:
        """Wait until the run has said something."""
        started = time.monotonic()
        while text not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() - started < 120, self.log.read_text()
            time.sleep(0.1)


def wait_for_stages(root: Path) -> None:
    """Wait until no process works in a folder: stages end soon after their run."""

    def works(process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            return process.cwd() == str(root)
        return False

    while any(map(works, psutil.process_iter())):
        time.sleep(0.2)


def test_a_cluster_gives_the_bytes_of_a_serial_run_whoever_dies(finished, tmp_path):
    project = copy_project(tmp_path / "project")
    with Nodes(tmp_path) as nodes:
        nodes.start("head")
        nodes.start("elsewhere", hide=project.root if can_hide() else None)
        nodes.start("old", OPENBLAS_CORETYPE="Nehalem")

        run = Run(project, nodes.address)
        run.wait_for("embed@words-random: ")
        run.process.kill()
        run.process.wait()
        wait_for_stages(project.root)

        again = Run(project, nodes.address)
        again.wait_for("Running stage 'train@")
        time.sleep(1)
        nodes.kill("elsewhere")
        assert again.process.wait(240) == 0, again.log.read_text()

    shown = again.log.read_text()
    assert "Traceback" not in shown
    assert "(old) gets no work" in shown
    assert {"download", "vectorize@words"}.isdisjoint(ran(shown))
    assert len(ran(shown)) == len(set(ran(shown)))
    assert project.bytes_of("metrics/*") == finished.bytes_of("metrics/*")
    locks = [YAML(typ="safe").load((place.root / "dvc.lock").read_text()) for place in (finished, project)]
    assert locks[0] == locks[1]
