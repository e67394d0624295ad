"""The workers of a run: a server that stages send their tasks to."""

import asyncio
import json
import os
import pickle
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from embedding_bench.core.errors import UserError
from embedding_bench.execution.folders import hold, remove_unused
from embedding_bench.execution.frames import read, write
from embedding_bench.execution.slots import Slots, Turn
from embedding_bench.execution.tasks import END, Outcome

ATTEMPTS = 2  # of a task whose worker died
PREFIX = "embedding-bench-run-"  # of the folder of the socket; short, because a socket's path may have 107 bytes

Result = TypeVar("Result")


class Worker(Protocol):
    """Whoever runs one task at a time; `group` is that of the last one."""

    group: str

    async def ask(self, job: "Job") -> bytes | None:
        """Run a task and return its outcome; None if the worker died meanwhile."""

    async def end(self) -> str | None:
        """End the worker and say how it ended; None where its machine went away, which is no fault of its task."""


@dataclass(eq=False)
class Job:
    """A task that waits for its turn: then it holds a slot, and has an idle worker or None to start one.

    `message` is the pickled task, `inputs` are the paths that it reads.
    """

    group: str
    inputs: tuple[Path, ...]
    message: bytes
    turn: "asyncio.Future[Worker | None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass
class Stage:
    """The tasks of a stage that are under way, in their order until None; and whether it has its slot."""

    running: dict[Job, "asyncio.Task[bytes]"] = field(default_factory=dict)
    begun: "asyncio.Queue[Job | None]" = field(default_factory=asyncio.Queue)
    has_slot: bool = True


class Pool:
    """Workers that run the tasks of stages.

    Args:
        stages: Slots of the stages; one that waits for its tasks lends others its slot.
        tasks: Slots of the tasks. With `start` those of the stages: whoever comes first works. Without it one for each
            worker that is added.
        start: Starts a worker when it is first needed.
    """

    def __init__(self, stages: Slots, tasks: Slots, start: Callable[[], Awaitable[Worker]] | None = None) -> None:
        self.stages, self.tasks, self.start = stages, tasks, start
        self.address = ""
        self.waiting: list[Job] = []
        self.background: set[asyncio.Task[Any]] = set()
        self.workers: set[Worker] = set()
        self.idle: list[Worker] = []
        self.starting: set[str] = set()  # groups whose worker is being started

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen for stages; end the workers afterwards, whatever they do.

        Raises:
            UserError: The path of the folder for temporary files is too long for a socket.
        """
        folder, lock = hold(f"{PREFIX}{uuid.uuid4().hex[:8]}")  # that only this user can enter
        try:
            self.address = str(folder / "workers")
            try:
                server = await asyncio.start_unix_server(self._serve, self.address)
            except OSError as error:
                raise UserError(f"{self.address}: {error}; set TMPDIR to a folder with a shorter path") from None
            try:
                yield
            finally:
                server.close()
                await stop(self.background)
                await asyncio.gather(*(worker.end() for worker in self.workers))
        finally:
            os.close(lock)
            remove_unused(PREFIX)  # this one, and those of runs that were killed

    def add(self, worker: Worker) -> None:
        """Put a worker to work that was started elsewhere."""
        self.workers.add(worker)
        self.idle.append(worker)
        self.tasks.release()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Run the tasks of a stage as they come, and answer in their order, until the stage ends."""
        stage = Stage()
        parts = [self._spawn(self._receive(stage, reader)), self._spawn(self._answer(stage, writer))]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        except ConnectionError:
            pass  # the stage has ended, and DVC has said why
        finally:
            writer.close()
            self.waiting = [job for job in self.waiting if job not in stage.running]
            await stop([*parts, *stage.running.values()])
            if not stage.has_slot:
                await self.stages.acquire(Turn.RESUME)

    async def _receive(self, stage: "Stage", reader: asyncio.StreamReader) -> None:
        """Begin with the tasks of a stage, and wait until it ends."""
        while header := await read(reader):
            message = await read(reader)
            if message is None:
                return
            group, *inputs = json.loads(header)
            job = Job(group, tuple(map(Path, inputs)), message)
            self.waiting.append(job)
            stage.running[job] = self._spawn(self._run(job))
            stage.begun.put_nowait(job)
            self._spawn(self._grant())
            if stage.has_slot:  # lent while the stage waits
                stage.has_slot = False
                self.stages.release()
        if header == END:
            stage.begun.put_nowait(None)
            await reader.read()

    async def _answer(self, stage: "Stage", writer: asyncio.StreamWriter) -> None:
        following = await stage.begun.get()
        while job := following:
            following = await stage.begun.get()
            outcome = await stage.running[job]
            if not following:
                await self.stages.acquire(Turn.RESUME)
                stage.has_slot = True
            await write(writer, outcome)
            del stage.running[job]

    def _spawn(self, coroutine: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.create_task(coroutine)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return task

    async def _grant(self) -> None:
        """Wait for a slot, and hand it to the task that suits the idle workers best."""
        await self.tasks.acquire(Turn.TASK)
        if self.waiting:
            job, worker = self._match()
            job.turn.set_result(worker)
        else:
            self.tasks.release()

    async def _run(self, job: Job) -> bytes:
        """Wait for a task's turn, run it, and return its outcome."""
        ends: list[str] = []
        while True:
            worker = await self._turn(job)
            try:
                worker = worker or await self._start(job)
            except OSError as error:
                self.tasks.release()
                return _mistake(f"a worker could not be started ({error.strerror})")
            except asyncio.CancelledError:
                self.tasks.release()
                raise
            answer, ended = await self._ask(worker, job)
            if answer is not None:
                return answer
            ends += [ended] if ended else []
            if len(ends) == ATTEMPTS:
                return _mistake(f"a worker ended {ended} before its task was done, {ATTEMPTS} times")
            job.turn = asyncio.get_running_loop().create_future()
            self.waiting.append(job)
            self._spawn(self._grant())

    async def _turn(self, job: Job) -> Worker | None:
        try:
            return await job.turn
        except asyncio.CancelledError:
            if job.turn.done() and not job.turn.cancelled():  # granted and cancelled at once
                self.starting.discard(job.group)
                self._return(job.turn.result())
            raise

    def _return(self, worker: Worker | None) -> None:
        """Make an idle worker and its slot, or a slot alone, free again."""
        if worker:
            self.idle.append(worker)
        self.tasks.release()

    async def _ask(self, worker: Worker, job: Job) -> tuple[bytes | None, str | None]:
        """Return the worker's answer, or else how it ended."""
        worker.group = job.group
        answer, ended = None, None
        try:
            answer = await worker.ask(job)
        finally:
            if answer is not None:
                self._return(worker)
            else:
                self.workers.discard(worker)
                if self.start:  # another can be started in its place
                    self.tasks.release()
                ended = await worker.end()  # which begins to, even if this is cancelled, too
        return answer, ended

    def _match(self) -> tuple[Job, Worker | None]:
        """Take a waiting task, and an idle worker if there is one.

        A worker goes on with the group that it has prepared; else a group goes first that no worker has, so that
        workers share a group only when there are too few of them.
        """
        groups = Counter(job.group for job in self.waiting)
        worker = next((worker for worker in self.idle if worker.group in groups), None)
        if worker:
            job = next(job for job in self.waiting if job.group == worker.group)
        else:
            begun = {worker.group for worker in self.workers} | self.starting
            job = min(self.waiting, key=lambda job: (job.group in begun, -groups[job.group]))
            worker = self.idle[0] if self.idle else None
        self.waiting.remove(job)
        if worker:
            self.idle.remove(worker)
        else:
            self.starting.add(job.group)
        return job, worker

    async def _start(self, job: Job) -> Worker:
        assert self.start, "a slot without a worker"  # noqa: S101
        try:
            worker = await self.start()
        finally:
            self.starting.discard(job.group)
        self.workers.add(worker)
        worker.group = job.group
        return worker


def _mistake(what: str) -> bytes:
    return pickle.dumps(Outcome(mistake=f"{what}; where memory is short, lower --jobs"))


async def stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and wait until they have ended."""
    stopped = list(tasks)
    for task in stopped:
        task.cancel()
    await asyncio.gather(*stopped, return_exceptions=True)
