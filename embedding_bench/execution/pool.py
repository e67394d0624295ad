"""The workers of a run: a server that stages send their tasks to."""

import asyncio
import pickle
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from embedding_bench.execution.frames import LENGTH
from embedding_bench.execution.slots import Slots, Turn
from embedding_bench.execution.tasks import Outcome

ATTEMPTS = 2  # of a task whose worker died


class Job(NamedTuple):
    """A task that waits for a worker: its group, its message, and where the answer goes."""

    group: bytes
    message: bytes
    answer: asyncio.Future[bytes]


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

    async def end(self) -> None:
        """Kill the process: it holds nothing that would be lost."""
        self.writer.close()
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


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
        self.running: set[asyncio.Task[None]] = set()
        self.workers: set[Worker] = set()
        self.idle: list[Worker] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen for stages; end the workers afterwards, whatever they do."""
        with tempfile.TemporaryDirectory(prefix="embedding-bench-") as folder:  # that only this user can enter
            self.address = str(Path(folder) / "workers")
            server = await asyncio.start_unix_server(self._serve, self.address)
            try:
                yield
            finally:
                server.close()
                for task in self.running:  # or they would take a killed worker for one to replace
                    task.cancel()
                await asyncio.gather(*self.running, return_exceptions=True)
                await asyncio.gather(*(worker.end() for worker in self.workers))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Run the tasks of a stage, and answer in their order."""
        jobs = []
        while (group := await _read(reader)) is not None and (message := await _read(reader)) is not None:
            jobs.append(Job(group, message, asyncio.get_running_loop().create_future()))
        self.waiting += jobs
        self.slots.release()  # of the stage, which waits
        for _ in jobs:
            self.running.add(task := asyncio.create_task(self._work()))
            task.add_done_callback(self.running.discard)
        try:
            answers = [await job.answer for job in jobs]
        finally:
            await self.slots.acquire(Turn.RESUME)
        try:
            for answer in answers:
                await _write(writer, answer)
        except ConnectionError:  # the stage has ended, and DVC has said why
            return
        finally:
            writer.close()

    async def _work(self) -> None:
        """Run one waiting task, as soon as there is a slot."""
        await self.slots.acquire(Turn.TASK)
        worker: Worker | None = None
        try:
            job, worker = self._match()
            for _ in range(ATTEMPTS):
                worker = worker or await self._start()
                worker.group = job.group
                if (answer := await worker.ask(job.message)) is not None:
                    self.idle.append(worker)
                    break
                code = await worker.process.wait()
                self.workers.discard(worker)
                worker = None
            else:
                ended = f"a worker ended with {code} before its task was done, {ATTEMPTS} times"
                answer = pickle.dumps(Outcome(mistake=f"{ended}; where memory is short, lower --jobs"))
            job.answer.set_result(answer)
        finally:
            self.slots.release()

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
