"""Tasks: functions of files and settings, run one after the other here, or by the workers of a run."""

import json
import os
import pickle
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from embedding_bench.core.errors import UserError
from embedding_bench.execution import frames

WORKERS = "EMBEDDING_BENCH_WORKERS"  # the socket of the run that has workers
END = b""  # after the last task
MOST_TASKS, MOST_BYTES = 64, 2**28  # under way at once


class Task(NamedTuple):
    """A call `function(*arguments, *inputs)`, whose result depends on the arguments and the content of the inputs.

    The function is one of this package's; inputs are files or folders, which another machine may have elsewhere; the
    result of the call can be pickled. Tasks of one `group` share what a process has read and traced for them.
    """

    group: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    inputs: tuple[Path, ...] = ()

    def run(self) -> Any:
        """Make the call."""
        return self.function(*self.arguments, *self.inputs)


class Outcome(NamedTuple):
    """What a worker answers: a result, a user's mistake, or the traceback of a bug."""

    result: Any = None
    mistake: str | None = None
    traceback: str | None = None


def execute(tasks: Iterable[Task]) -> Iterator[Any]:
    """Yield the results of tasks in their order; there may be more tasks than fit into memory.

    Raises:
        UserError: From a task, or because the run that had the workers has ended.
        RuntimeError: A task failed otherwise; the message is its traceback.
    """
    address = os.environ.get(WORKERS)
    return _by_workers(address, tasks) if address else (task.run() for task in tasks)


def _by_workers(address: str, tasks: Iterable[Task]) -> Iterator[Any]:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(address)
        except OSError as error:
            raise UserError(
                f"{WORKERS}: found {address!r}, where no run has workers ({error.strerror}); unset it"
            ) from None
        sizes: deque[int] = deque()  # of the messages under way, of which there are two at least until the end
        for task in tasks:
            message = pickle.dumps(task)
            _send(connection, json.dumps([task.group, *map(str, task.inputs)]).encode(), message)
            sizes.append(len(message))
            while len(sizes) > 2 and (len(sizes) > MOST_TASKS or sum(sizes) > MOST_BYTES):
                sizes.popleft()
                yield _receive(connection)
        _send(connection, END)
        for _ in sizes:
            yield _receive(connection)


def _send(connection: socket.socket, *messages: bytes) -> None:
    try:
        for message in messages:
            frames.send(connection, message)
    except ConnectionError:
        raise _over() from None


def _over() -> UserError:
    return UserError("the run that had the workers has ended")


def _receive(connection: socket.socket) -> Any:
    try:
        message = frames.receive(connection)
    except ConnectionError:
        message = None
    if message is None:
        raise _over()
    return result_of(pickle.loads(message))  # noqa: S301  # the socket is in a folder that only this user enters


def result_of(outcome: Outcome) -> Any:
    """Return the result.

    Raises:
        UserError: A user's mistake.
        RuntimeError: The task failed otherwise; the message is its traceback.
    """
    if outcome.mistake is not None:
        raise UserError(outcome.mistake)
    if outcome.traceback is not None:
        raise RuntimeError(f"a task failed in a worker:\n{outcome.traceback}")
    return outcome.result
