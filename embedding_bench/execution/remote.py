"""An actor on a node of a Ray cluster, and how it comes by its tasks and their inputs."""

import asyncio
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import ray

from embedding_bench.core.errors import UserError, one_line
from embedding_bench.execution.pool import Job
from embedding_bench.execution.shipping import Manifest, describe
from embedding_bench.execution.tasks import Outcome

ANSWER = 5  # seconds that a node has to take a connection
PIECE = 2**26  # bytes of a file in one object of Ray's store


class Node(NamedTuple):
    """A machine of the cluster: where it takes connections, and how many workers it has room for."""

    id: str
    name: str
    address: str
    places: int


class Remote:
    """An actor on a node, and what it takes to give it a task."""

    def __init__(self, actor: Any, node: Node, store: "Store") -> None:
        self.actor, self.node, self.store = actor, node, store
        self.group = ""

    async def ask(self, job: Job) -> bytes | None:
        """Send the inputs that the node does not have, and run the task; None if the actor died meanwhile."""
        try:
            manifests = [describe(path) for path in job.inputs]
            for manifest in await self.actor.missing.remote(manifests):
                pieces = await self.store.put(manifest)
                await self.actor.receive.remote(manifest, pieces)
            answer: bytes = await self.actor.run.remote(job.message, manifests)
        except UserError as error:
            return pickle.dumps(Outcome(mistake=str(error)))
        except OSError as error:  # here, or from `receive` there
            return pickle.dumps(Outcome(mistake=f"{self.node.name}: the inputs of {job.group}: {_in_one_line(error)}"))
        except ray.exceptions.RayTaskError as error:
            return pickle.dumps(Outcome(traceback=f"{self.node.name}: {error}"))
        except ray.exceptions.RayError:
            return None
        return answer

    async def end(self) -> str | None:
        """End the actor; None if its node is gone, which Ray notices only after a while."""
        if self.store.gone:  # Ray would wait for it
            return None
        ray.kill(self.actor)
        return f"on {self.node.name}" if await answers(self.node.address) else None


class Store:
    """Inputs in the object store of a cluster, each put there once; `gone` when the cluster answers no more."""

    def __init__(self) -> None:
        self.gone = False
        self.stored: dict[str, asyncio.Task[dict[str, list[Any]]]] = {}

    async def put(self, manifest: Manifest) -> dict[str, list[Any]]:
        """Return references to the pieces of each file, by its name.

        Raises:
            UserError: The store has no room.
            OSError: A file cannot be read.
        """
        if manifest.key not in self.stored:
            self.stored[manifest.key] = asyncio.create_task(asyncio.to_thread(_put, manifest))
        return await asyncio.shield(self.stored[manifest.key])  # others wait for it, too


def _put(manifest: Manifest) -> dict[str, list[Any]]:
    try:
        return {
            name: [ray.put(piece) for piece in _pieces(manifest.path / name if name else manifest.path)]
            for name, *_ in manifest.files
        }
    except ray.exceptions.RayError as error:
        raise UserError(
            f"{manifest.path}: Ray's object store does not take it ({_in_one_line(error)}); start Ray with a larger "
            "--object-store-memory, or put the project on a file system that all nodes share"
        ) from None


def _in_one_line(error: Exception) -> str:
    return one_line(str(error))[:200]


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


async def answers(address: str) -> bool:
    """Tell whether a node of a cluster, or its head, takes connections at host and port."""
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(ANSWER):
            _, writer = await asyncio.open_connection(host, int(port))
    except OSError:  # TimeoutError included
        return False
    writer.close()
    return True
