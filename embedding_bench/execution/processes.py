"""Worker processes of this machine."""

import asyncio
import pickle
import socket
import sys
from contextlib import suppress
from typing import Any

from embedding_bench.core.errors import UserError
from embedding_bench.execution.frames import read, write
from embedding_bench.execution.pool import Job
from embedding_bench.execution.tasks import Task, result_of

GRACE = 2  # seconds that a worker has to end


class Process:
    """A process that runs one task at a time, and the group of the last one."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process, self.reader, self.writer = process, reader, writer
        self.group = ""

    async def ask(self, job: Job) -> bytes | None:
        """Run a task; None if the process ended meanwhile."""
        try:
            await write(self.writer, job.message)
            return await read(self.reader)
        except ConnectionError:
            return None

    async def end(self) -> str:
        """End the process, which holds nothing that would be lost, and say with which exit code."""
        self.writer.close()  # a worker ends with its connection
        try:
            code = await asyncio.wait_for(self.process.wait(), GRACE)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            code = await self.process.wait()
        return f"with {code}"


async def start(environment: dict[str, str]) -> Process:
    """Start a worker; its variables are those of `environment`.

    Raises:
        OSError: The machine has no room for another process.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        command = (sys.executable, "-m", "embedding_bench.execution.worker", str(theirs.fileno()))
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, pass_fds=[theirs.fileno()], start_new_session=True
        )
    return Process(process, *await asyncio.open_connection(sock=ours))


async def run_alone(task: Task, environment: dict[str, str]) -> Any:
    """Run one task in a process of its own.

    Raises:
        UserError: From the task, or because the process ended before it was done.
        RuntimeError: The task failed otherwise; the message is its traceback.
    """
    worker = await start(environment)
    try:
        answer = await worker.ask(Job(task.group, task.inputs, pickle.dumps(task)))
    finally:
        ended = await worker.end()
    if answer is None:
        raise UserError(f"{task.group}: its process ended {ended} before it was done; is memory short?")
    return result_of(pickle.loads(answer))  # noqa: S301  # from the process that was started here
