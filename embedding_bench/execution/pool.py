"""The workers of a run: a server that stages send their tasks to."""

import asyncio
import pickle
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from embedding_bench.core.errors import UserError
from embedding_bench.execution.frames import LENGTH
from embedding_bench.execution.slots import Slots, Turn
from embedding_bench.execution.tasks import Outcome

ATTEMPTS = 2  # of a task whose worker died
GRACE = 2  # seconds that a worker has to end

Result = TypeVar("Result")


@dataclass(eq=False)
class Job:
    """A task that waits for its turn: then it holds a slot, and has an idle worker or None to start one."""

    group: bytes
    message: bytes
    turn: "asyncio.Future[Worker | None]"


class Worker:
    """A process that runs one task at a time, and the group of the last one."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process, self.reader, self.writer = process, reader, writer
        self.group = b""

    async def ask(self, message: bytes) -> bytes | None:
        """Run a task; None if the process ended meanwhile."""
        try:
            await _write(self.writer, message)
            return await _read(self.reader)
        except ConnectionError:
            return None

    async def end(self) -> int:
        """End the process, which holds nothing that would be lost, and return its exit code."""
        self.writer.close()  # a worker ends with its connection
        with suppress(TimeoutError):
            return await asyncio.wait_for(self.process.wait(), GRACE)
        self.process.kill()
        return await self.process.wait()


class Pool:
    """Processes that run the tasks of stages; each is started when it is first needed.

    Args:
        slots: Shared with the stages; one that waits for its tasks lends them its slot.
        environment: Variables of the workers.
    """

    def __init__(self, slots: Slots, environment: dict[str, str]) -> None:
        self.slots, self.environment = slots, environment
        self.address = ""
        self.waiting: list[Job] = []
        self.background: set[asyncio.Task[Any]] = set()
        self.workers: set[Worker] = set()
        self.idle: list[Worker] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen for stages; end the workers afterwards, whatever they do.

        Raises:
            UserError: The path of the folder for temporary files is too long for a socket.
        """
        with tempfile.TemporaryDirectory(prefix="embedding-bench-") as folder:  # that only this user can enter
            self.address = str(Path(folder) / "workers")
            try:
                server = await asyncio.start_unix_server(self._serve, self.address)
            except OSError as error:
                raise UserError(f"{self.address}: {error}; set TMPDIR to a folder with a shorter path") from None
            try:
                yield
            finally:
                server.close()
                await _stop(self.background)
                await asyncio.gather(*(worker.end() for worker in self.workers))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Run the tasks of a stage, and answer in their order, until the stage ends."""
        jobs = [Job(*parts, asyncio.get_running_loop().create_future()) async for parts in _read_tasks(reader)]
        self.waiting += jobs
        self.slots.release()  # of the stage, which waits
        running = [self._spawn(self._run(job)) for job in jobs]
        for _ in jobs:
            self._spawn(self._grant())
        ended = self._spawn(reader.read())
        held = False
        try:
            for number, task in enumerate(running, start=1):
                await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
                if not task.done():
                    break
                if number == len(running):
                    await self.slots.acquire(Turn.RESUME)
                    held = True
                await _write(writer, task.result())
        except ConnectionError:
            pass  # the stage has ended, and DVC has said why
        finally:
            writer.close()
            self.waiting = [job for job in self.waiting if job not in jobs]
            await _stop([*running, ended])
            if not held:
                await self.slots.acquire(Turn.RESUME)

    def _spawn(self, coroutine: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.create_task(coroutine)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return task

    async def _grant(self) -> None:
        """Wait for a slot, and hand it to the task that suits the idle workers best."""
        await self.slots.acquire(Turn.TASK)
        if self.waiting:
            job, worker = self._match()
            job.turn.set_result(worker)
        else:
            self.slots.release()

    async def _run(self, job: Job) -> bytes:
        """Wait for a task's turn, run it, and return its outcome."""
        try:
            worker = await job.turn
            return await self._ask(job, worker)
        finally:
            if not job.turn.cancelled():
                self.slots.release()

    async def _ask(self, job: Job, worker: Worker | None) -> bytes:
        for _ in range(ATTEMPTS):
            try:
                worker = worker or await self._start()
            except OSError as error:
                return _mistake(f"a worker could not be started ({error.strerror})")
            worker.group = job.group
            answer = None
            try:
                answer = await worker.ask(job.message)
            finally:
                if answer is None:
                    code = await worker.end()
                    self.workers.discard(worker)  # after that: if this is cancelled, too, `serving` ends it
            if answer is not None:
                self.idle.append(worker)
                return answer
            worker = None
        return _mistake(f"a worker ended with {code} before its task was done, {ATTEMPTS} times")

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
            begun = {worker.group for worker in self.workers}
            job = min(self.waiting, key=lambda job: (job.group in begun, -groups[job.group]))
            worker = self.idle[0] if self.idle else None
        self.waiting.remove(job)
        if worker:
            self.idle.remove(worker)
        return job, worker

    async def _start(self) -> Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            command = (sys.executable, "-m", "embedding_bench.execution.worker", str(theirs.fileno()))
            process = await asyncio.create_subprocess_exec(
                *command, env=self.environment, pass_fds=[theirs.fileno()], start_new_session=True
            )
        worker = Worker(process, *await asyncio.open_connection(sock=ours))
        self.workers.add(worker)
        return worker


def _mistake(what: str) -> bytes:
    return pickle.dumps(Outcome(mistake=f"{what}; where memory is short, lower --jobs"))


async def _stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    stopped = list(tasks)
    for task in stopped:
        task.cancel()
    await asyncio.gather(*stopped, return_exceptions=True)


async def _read_tasks(reader: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, bytes]]:
    """Yield group and message of each task that a stage sends; fewer if it ends meanwhile."""
    for _ in range(int(await _read(reader) or b"0")):
        group, message = await _read(reader), await _read(reader)
        if group is not None and message is not None:
            yield group, message


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    try:
        size: int = LENGTH.unpack(await reader.readexactly(LENGTH.size))[0]
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        return None


async def _write(writer: asyncio.StreamWriter, message: bytes) -> None:
    writer.write(LENGTH.pack(len(message)))
    writer.write(message)
    await writer.drain()
