"""Running the graph: what is stale side by side, then DVC once more, which has the last word."""

import os
from pathlib import Path

from embedding_bench.execution.graph import read_graph
from embedding_bench.execution.stages import run_stages
from embedding_bench.project import commands

LIMITS = Path("/sys/fs/cgroup")  # of a container, in version 2 of Linux' control groups
WORKER_GB = 2.0  # of memory, for a worker with TensorFlow and the stage whose task it runs


def run_graph(*command: str, jobs: int | None = None) -> bool:
    """Run all that is stale in the current folder, and then a command of DVC; tell whether it succeeded.

    Args:
        command: `repro` or `exp run`.
        jobs: How many stages and trainings work at once; None: as many as cores and memory allow.
    """
    jobs = jobs or default_jobs()
    graph = read_graph() if jobs > 1 else None
    if graph and not run_stages(graph, jobs, commands.environment()):
        return False
    return not commands.run("dvc", *command, check=False)


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
