"""The workers of a Ray cluster: one for each of its cores, or for a share of a GPU."""

import asyncio
import logging
import pickle
import socket
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

import embedding_bench
from embedding_bench.core.errors import UserError
from embedding_bench.execution import processes
from embedding_bench.execution.actor import Actor
from embedding_bench.execution.pool import Job, Pool
from embedding_bench.execution.remote import Node, Remote, Store, answers
from embedding_bench.execution.tasks import Outcome, Task

PROBE = """
import sys, ray
ray.init(sys.argv[1], log_to_driver=False, logging_level="ERROR")
print(ray.get_runtime_context().gcs_address)
"""
CALL = 5  # seconds that a machine has to answer a call
START = 30  # seconds that a cluster has to take a driver: a cold machine reads Ray first
POLL = 3  # seconds between two looks at the nodes
SILENCES = 2  # in a row, until a cluster counts as gone
PATIENCE = 60  # seconds without a worker
STARTS = 3  # of workers on a node that end at once, until it gets no work
WORKER_MEMORY = 1.4e9  # bytes; Ray offers 70 % of a node's


class Cluster:
    """Hires workers for a pool on all nodes, also on those that join later.

    A node must compute as this machine does or, where workers have GPUs, as the first of them.

    Args:
        address: Host and port of the cluster's head.
        most: How many workers to hire; None: as many as there are cores or GPUs.
        gpus: GPUs of a worker, or a part of one.
        canary: Returns the same on two machines that compute alike.
    """

    def __init__(self, address: str, most: int | None, gpus: float, canary: Callable[[], str]) -> None:
        self.address, self.gpus, self.most = address, gpus, most
        self.task = Task("canary", canary)
        self.run, self.store = uuid.uuid4().hex, Store()
        self.expected: asyncio.Future[str]  # canary
        self.refused: set[str] = set()  # nodes
        self.failures: Counter[str] = Counter()  # of workers at their start, by node
        self.hiring: dict[asyncio.Task[None], Node] = {}

    async def staff(self, pool: Pool, environment: dict[str, str]) -> None:
        """Hire until cancelled; `environment` is that of a worker of this machine.

        Raises:
            UserError: The cluster is gone, or has no node that can work.
        """
        loop = asyncio.get_running_loop()
        clock = loop.time
        silences, working, told, worked = 0, clock(), False, False
        self.expected = loop.create_future()
        if not self.gpus:
            self.expected = asyncio.ensure_future(processes.run_alone(self.task, environment))
        while True:
            silences = 0 if await answers(self.address) else silences + 1
            if silences == SILENCES:
                self.store.gone = True
                raise UserError(f"the Ray cluster at {self.address} does not answer any more; run again when it does")
            for task in [task for task in self.hiring if task.done()]:
                del self.hiring[task]
                await task
            if not silences:
                self._hire(await self._nodes(), pool)
            patience = 0 if self.refused and not worked else PATIENCE
            if pool.workers:
                working, worked = clock(), True
            elif not self.hiring and clock() - working > patience:
                kind = f"{self.gpus:g} GPUs" if self.gpus else "a core"
                raise UserError(f"the Ray cluster at {self.address} has no node with {kind} that can work")
            elif not told and clock() - working > PATIENCE:
                told = True
                _warn(f"no worker for {PATIENCE} seconds: others have the cores of the Ray cluster at {self.address}")
            await asyncio.sleep(POLL)

    async def _nodes(self) -> list[Node]:
        """Return the nodes that live, and have not been refused."""
        nodes = sorted(
            Node(
                node["NodeID"],
                f"{node['NodeManagerHostname']} ({node['NodeName']})",
                f"{node['NodeManagerAddress']}:{node['NodeManagerPort']}",
                self._places(node["Resources"]),
            )
            for node in await asyncio.to_thread(ray.nodes)
            if node["Alive"] and node["NodeID"] not in self.refused
        )
        answer = await asyncio.gather(*(answers(node.address) for node in nodes))
        return [node for node, living in zip(nodes, answer, strict=True) if living]

    def _places(self, resources: dict[str, float]) -> int:
        places = min(resources.get("CPU", 0), resources.get("memory", 0) / WORKER_MEMORY)
        return int(min(places, resources.get("GPU", 0) / self.gpus) if self.gpus else places)

    def _hire(self, nodes: list[Node], pool: Pool) -> None:
        """Begin to hire whom nodes have room for, one by one on each, so that few workers are on many nodes."""
        workers = [*(worker.node for worker in pool.workers if isinstance(worker, Remote)), *self.hiring.values()]
        taken = Counter(node.id for node in workers)
        rooms = [(taken[node.id] + k, node) for node in nodes for k in range(node.places - taken[node.id])]
        for _, node in sorted(rooms)[: max(0, self.most - len(workers)) if self.most else None]:
            self.hiring[asyncio.create_task(self._try(node, pool))] = node

    async def _try(self, node: Node, pool: Pool) -> None:
        """Start a worker on a node, and put it to work if it computes as expected."""
        actor = (
            ray.remote(Actor)
            .options(
                num_cpus=1,
                num_gpus=self.gpus,
                memory=WORKER_MEMORY,
                scheduling_strategy=NodeAffinitySchedulingStrategy(node.id, soft=False),
            )
            .remote(self.run)
        )
        worker = Remote(actor, node, self.store)
        why = await self._fault(worker)
        if why == "":
            pool.add(worker)
            return
        ray.kill(actor)
        if why and node.id not in self.refused:
            self.refused.add(node.id)
            _warn(f"node {node.name} gets no work: {why}")

    async def _fault(self, worker: Remote) -> str | None:
        """Say why a worker's node cannot work, "" if it can, None if another worker may be tried there."""
        answer = await worker.ask(Job(self.task.group, (), pickle.dumps(self.task)))
        if answer is None:
            self.failures[worker.node.id] += 1
            return f"its worker ended at once, {STARTS} times" if self.failures[worker.node.id] == STARTS else None
        outcome: Outcome = pickle.loads(answer)  # noqa: S301  # from an actor that this run started
        if outcome.result is None:
            return outcome.mistake or (outcome.traceback or "").strip().rpartition("\n")[2]
        if self.gpus and not self.expected.done():
            self.expected.set_result(outcome.result)
        expected = await self.expected
        if outcome.result == expected:
            return ""
        return f"its canary is {outcome.result}, {expected} is expected: it computes differently"


def _warn(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr, flush=True)


def _reach(address: str) -> str:
    """Return host and port of a cluster's head, found by another process: Ray itself waits for minutes, and talks."""
    host, _, port = address.rpartition(":")
    try:
        if host and port.isdecimal():
            socket.create_connection((host, int(port)), CALL).close()
        done = subprocess.run(
            [sys.executable, "-c", PROBE, address], capture_output=True, text=True, timeout=START, check=False
        )
    except subprocess.TimeoutExpired:
        why = f"no Ray cluster with this machine's token answers there within {START} seconds"
    except (OSError, OverflowError) as error:  # the latter for a port that cannot be
        why = f"nothing answers there ({error})"
    else:
        if not done.returncode:
            return done.stdout.split()[-1]
        why = done.stderr.strip().rpartition("\n")[2]
    raise UserError(
        f"--on {address}: {why}; start one with `ray start --head`, and set RAY_AUTH_MODE here as there"
    ) from None


@contextmanager
def connect(address: str, most: int | None, gpus: float, canary: Callable[[], str]) -> Iterator[Cluster]:
    """Join a cluster as its driver, on a machine that is one of its nodes.

    Args:
        address: Host and port of its head, or `auto`: the one that this machine is a node of.
        most: How many workers to hire; None: as many as there are cores or GPUs.
        gpus: GPUs of a worker, or a part of one.
        canary: Returns the same on two machines that compute alike.

    Raises:
        UserError: There is no such cluster, or it has other versions of Ray or Python.
    """
    head = _reach(address)
    ray.init(
        head,
        runtime_env={
            "py_modules": [str(Path(embedding_bench.__file__).parent)],
            "worker_process_setup_hook": "embedding_bench.core.machine.compute_alike",  # before Ray imports NumPy
        },
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    try:
        yield Cluster(head, most, gpus, canary)
    finally:
        ray.shutdown()
