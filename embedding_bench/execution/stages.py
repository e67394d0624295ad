"""Stages side by side: each starts through DVC's own command line, which keeps dvc.lock and the cache."""

import asyncio
import os
import re
import signal
import sys
from contextlib import suppress
from functools import partial
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, TextIO

from embedding_bench.core.console import progress as overwrite
from embedding_bench.execution import processes
from embedding_bench.execution.graph import Graph
from embedding_bench.execution.pool import Pool, stop
from embedding_bench.execution.progress import Progress
from embedding_bench.execution.slots import Slots, Turn
from embedding_bench.execution.tasks import WORKERS

if TYPE_CHECKING:  # Ray is an extra
    from embedding_bench.execution.cluster import Cluster

CHUNK = 2**16  # bytes of output read at once
WAITING = 2  # calls beside those at work, so that stages can wait for their tasks
# What DVC says of each call, and what a person reads once at the end.
NOISE = re.compile(
    r"\s*|> python -m stages\..*|Stage '.*' (is cached - skipping run|didn't change), .*"
    r"|(Updating|Generating) lock file .*|To track the changes with git, run:|\tgit add .*"
    r"|To enable auto staging, run:|\tdvc config .*|Use `dvc push` .*|Data and pipelines are up to date\."
)
BEGUN = re.compile(r"Running stage '(.*)':")
GRACE = 10  # seconds that an interrupted stage has to remove what is half-written


def run_stages(graph: Graph, jobs: int, environment: dict[str, str], cluster: "Cluster | None" = None) -> bool:
    """Run the stale stages of the project in the current folder, and tell whether all of them succeeded.

    Args:
        graph: The project's.
        jobs: How many stages work at once on this machine, and tasks, unless a cluster has these.
        environment: Variables of DVC and of the workers.
        cluster: Whose workers run the tasks.
    """
    handler = signal.getsignal(signal.SIGINT)
    try:
        return asyncio.run(_run(graph, jobs, environment, cluster))
    finally:
        signal.signal(signal.SIGINT, handler)


async def _run(graph: Graph, jobs: int, environment: dict[str, str], cluster: "Cluster | None") -> bool:
    slots = Slots(jobs)
    pool = Pool(slots, Slots(0)) if cluster else Pool(slots, slots, partial(processes.start, environment))
    async with pool.serving():
        staff = {asyncio.create_task(cluster.staff(pool, environment))} if cluster else set()
        caller = {**environment, WORKERS: pool.address}
        stale, depths = graph.stale(), graph.depths()
        sorter, progress = TopologicalSorter(stale), Progress(stale)
        sorter.prepare()
        ready: list[str] = []
        calls: dict[asyncio.Task[bool], list[str]] = {}
        succeeded = True
        try:
            while calls or (succeeded and sorter.is_active()):
                ready = sorted([*ready, *sorter.get_ready()], key=lambda name: -depths[name])
                while succeeded and ready and (free := jobs + WAITING - len(calls)) > 0:
                    count = share(len(ready), free)
                    chosen, ready = ready[:count], ready[count:]
                    calls[asyncio.create_task(_call(chosen, slots, caller, progress))] = chosen
                done, _ = await asyncio.wait([*calls, *staff], return_when=asyncio.FIRST_COMPLETED)
                for task in staff & done:
                    await task  # which ends by an error only
                for call in calls.keys() & done:
                    succeeded &= await call
                    names = calls.pop(call)
                    sorter.done(*names)
                    progress.end(names)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # what follows ends by itself, within seconds
            await stop([*calls, *staff])  # before the workers, whose end stages would report
            overwrite("")
        return succeeded


def share(ready: int, free: int) -> int:
    """Return how many ready stages a call takes when so many calls are free.

    Each call reads the graph for a second, so that many short stages share one; half of an equal share leaves some for
    the call that is done first (guided self-scheduling; Polychronopoulos and Kuck, 1987).

    >>> [share(24, 4), share(3, 4)]
    [3, 1]
    """
    return -(-ready // (2 * free))


async def _call(names: list[str], slots: Slots, environment: dict[str, str], progress: Progress) -> bool:
    """Run stages, one after the other, and tell whether they succeeded."""
    await slots.acquire(Turn.STAGE)
    try:
        process = await asyncio.create_subprocess_exec(
            *("dvc", "--wait-for-lock", "repro", "--single-item", *names),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        shown = [(process.stdout, sys.stdout), (process.stderr, sys.stderr)]
        try:
            await asyncio.gather(*(_show(lines, target, names, progress) for lines, target in shown if lines))
            return await process.wait() == 0
        finally:
            await _interrupt(process)
    finally:
        slots.release()


async def _interrupt(process: asyncio.subprocess.Process) -> None:
    """End DVC and its stage if they still run, as Ctrl-C does."""
    if process.returncode is not None:
        return
    for signal_number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal_number)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE)
            return


async def _show(output: asyncio.StreamReader, target: TextIO, names: list[str], progress: Progress) -> None:
    """Print what stages say, line by line; of a line that a progress bar wrote several times, the last state."""
    rest, open_ended = b"", True
    while chunk := await output.read(CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[rest.rfind(b"\r", 0, -1) + 1 :]
        for line in lines:
            text = line.rstrip(b"\r").rpartition(b"\r")[2].decode(errors="replace")
            if begun := BEGUN.fullmatch(text):
                progress.begin(begun[1], names)
            if open_ended and not NOISE.fullmatch(text):
                overwrite("")
                try:
                    print(text, file=target, flush=True)
                except BrokenPipeError:  # the reader has enough; the run goes on
                    open_ended = False
                progress.show()
