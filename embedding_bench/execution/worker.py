"""`python -m embedding_bench.execution.worker FD`: run the tasks of one run, until it closes the socket.

What a task imports and traces stays for the next one.
"""

import pickle
import socket
import sys
import traceback

from embedding_bench.core.errors import UserError
from embedding_bench.core.machine import compute_alike
from embedding_bench.execution import frames
from embedding_bench.execution.tasks import Outcome, Task


def run(message: bytes) -> Outcome:
    """Run the task of a message; an error becomes part of the outcome."""
    try:
        task: Task = pickle.loads(message)  # noqa: S301  # from this user's own run
        return Outcome(result=task.run())
    except UserError as error:
        return Outcome(mistake=str(error))
    except Exception:  # noqa: BLE001  # raised again where the task came from
        return Outcome(traceback=traceback.format_exc())


def main() -> None:
    """Serve the run whose end of a socket pair this process inherited, by the number on the command line."""
    compute_alike()
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        while (message := frames.receive(connection)) is not None:
            frames.send(connection, pickle.dumps(run(message)))


if __name__ == "__main__":
    main()
