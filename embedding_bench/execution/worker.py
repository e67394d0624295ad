"""`python -m embedding_bench.execution.worker FD`: run the tasks of one run, until it closes the socket or ends.

What a task imports and traces stays for the next one.
"""

import os
import pickle
import select
import socket
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path

from embedding_bench.core.errors import UserError
from embedding_bench.core.machine import compute_alike
from embedding_bench.execution import frames
from embedding_bench.execution.tasks import Outcome, Task


def run(message: bytes, inputs: tuple[Path, ...] | None = None) -> bytes:
    """Run the task of a message, and return the pickled outcome, of which an error is a part.

    `inputs` are where this machine has the task's, if elsewhere.
    """
    try:
        task: Task = pickle.loads(message)  # noqa: S301  # from this user's own run, over what only that can write to
        task = task if inputs is None else task._replace(inputs=inputs)
        return pickle.dumps(Outcome(result=task.run()))
    except UserError as error:
        return pickle.dumps(Outcome(mistake=str(error)))
    except Exception:  # noqa: BLE001  # `tasks.execute` raises it again
        return pickle.dumps(Outcome(traceback=traceback.format_exc()))


def end_with(connection: socket.socket) -> None:
    """End this process in the midst of a task when the other side of the connection has ended."""
    poll = select.poll()
    poll.register(connection, select.POLLHUP)
    poll.poll()
    os._exit(1)


def main() -> None:
    """Serve the run whose end of a socket pair this process inherited, by the number on the command line."""
    compute_alike()
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        threading.Thread(target=end_with, args=(connection,), daemon=True).start()
        with suppress(ConnectionError):  # the run has ended
            while (message := frames.receive(connection)) is not None:
                frames.send(connection, run(message))


if __name__ == "__main__":
    main()
