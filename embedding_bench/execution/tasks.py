"""Tasks: functions of folders and settings, run one after the other here, or by the workers of a run."""

import os
import pickle
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from embedding_bench.core.errors import UserError
from embedding_bench.execution import frames

WORKERS = "EMBEDDING_BENCH_WORKERS"  # the socket of the run that has workers


class Task(NamedTuple):
    """A call `function(*folders, *arguments)`, whose result depends on the content of the folders alone.

    The function is a module's; the result of the call can be pickled. Tasks of one `group` share what a process has
    read and traced for them.
    """

    group: str
    function: Callable[..., Any]
    folders: tuple[Path, ...]
    arguments: tuple[Any, ...]

    def run(self) -> Any:
        """Make the call."""
        return self.function(*self.folders, *self.arguments)


class Outcome(NamedTuple):
    """What a worker answers: a result, a user's mistake, or the traceback of a bug."""

    result: Any = None
    mistake: str | None = None
    traceback: str | None = None


def execute(tasks: Sequence[Task]) -> Iterator[Any]:
    """Yield the results of tasks in their order.

    Raises:
        UserError: From a task, or because the run that had the workers has ended.
        RuntimeError: A task failed otherwise; the message is its traceback.
    """
    address = os.environ.get(WORKERS)
    return _by_workers(address, tasks) if address else (task.run() for task in tasks)


def _by_workers(address: str, tasks: Sequence[Task]) -> Iterator[Any]:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(address)
        except OSError as error:
            raise UserError(
                f"{WORKERS}: found {address!r}, where no run has workers ({error.strerror}); unset it"
            ) from None
        frames.send(connection, str(len(tasks)).encode())
        for task in tasks:
            frames.send(connection, task.group.encode())
            frames.send(connection, pickle.dumps(task))
        for _ in tasks:
            message = frames.receive(connection)
            if message is None:
                raise UserError("the run that had the workers has ended")
            yield _result(pickle.loads(message))  # noqa: S301  # the socket is in a folder that only this user enters


def _result(outcome: Outcome) -> Any:
    if outcome.mistake is not None:
        raise UserError(outcome.mistake)
    if outcome.traceback is not None:
        raise RuntimeError(f"a task failed in a worker:\n{outcome.traceback}")
    return outcome.result
