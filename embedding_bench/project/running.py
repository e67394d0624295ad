"""Running the graph: what is stale side by side, then DVC once more, which has the last word."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

from embedding_bench.core.errors import UserError
from embedding_bench.execution.graph import Graph, read_graph
from embedding_bench.execution.stages import run_stages
from embedding_bench.project import commands

LOCAL = "local"
CODE = "code"  # the stage that lists the code of the others
LIMITS = Path("/sys/fs/cgroup")  # of a container, in version 2 of Linux' control groups
WORKER_GB = 2.0  # of memory, for a worker with TensorFlow and the stage whose task it runs


class Machines(NamedTuple):
    """Where a run works; no choice of these changes a result.

    Attributes:
        on: `local`: processes of this machine; else a Ray cluster: `auto`, or host and port of its head.
        jobs: How many stages and trainings work at once; None: as many as cores and memory allow.
        gpus: GPUs of a worker of the cluster, or a part of one.
    """

    on: str = LOCAL
    jobs: int | None = None
    gpus: float = 0


HERE = Machines()


def run_graph(*command: str, machines: Machines) -> bool:
    """Run all that is stale in the current folder, and then a command of DVC; tell whether it succeeded.

    Args:
        command: `repro` or `exp run`.
        machines: Where.

    Raises:
        UserError: There is no such cluster, or `gpus` are asked for without one.
    """
    on, jobs, gpus = machines
    if gpus and on == LOCAL:
        raise UserError("--gpus is for workers of a Ray cluster, which may be this machine: add --on auto")
    here = min(jobs or sys.maxsize, default_jobs()) if on != LOCAL else jobs or default_jobs()
    graph = read_graph() if here > 1 or on != LOCAL else None
    if graph and CODE in graph.changed:  # first, because which stages are stale is known only then
        if not run_stages(Graph({CODE: set()}, {CODE}), 1, commands.environment()):
            return False
        graph = read_graph()
    if graph and not _run_stages(graph, here, machines):
        return False
    return not commands.run("dvc", *command, check=False)


def _run_stages(graph: Graph, here: int, machines: Machines) -> bool:
    environment = commands.environment()
    if machines.on == LOCAL:
        return run_stages(graph, here, environment)
    try:
        from embedding_bench.execution.cluster import connect
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise UserError(
            "Ray is not installed, which a cluster needs: pip install 'embedding-bench[cluster]'; in a clone: make "
            "cluster"
        ) from None
    from embedding_bench.models.canary import canary

    with connect(*machines, canary) as cluster:
        return run_stages(graph, here, environment, cluster)


def default_jobs(limits: Path = LIMITS) -> int:
    """Return the number of cores that this process may use, or fewer where memory is short."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if quota := _limit(limits / "cpu.max"):  # microseconds of all cores in a period, and its length
        cores = min(cores, round(quota[0] / quota[1]))
    memory = min([os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *_limit(limits / "memory.max")])
    return max(1, min(cores, int(memory / 1e9 / WORKER_GB)))


def _limit(path: Path) -> list[int]:
    """Read the numbers of a limit of a container; none where there is no limit."""
    text = path.read_text(encoding="ascii") if path.exists() else "max"
    return [] if text.startswith("max") else [int(number) for number in text.split()]
