"""The connection to MLflow's store: its address, a probe of the server, and a client for one process at a time.

mlflow is imported only once the store has answered, because the import takes seconds.
"""

import fcntl
import http.client
import logging
import os
import re
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from embedding_bench.core.errors import UserError, one_line

if TYPE_CHECKING:
    from mlflow import MlflowClient

PENDING = ".track-pending"  # in the project's root while runs are unpublished
GATEWAY_ERRORS = (502, 503, 504)  # a proxy without its server


class UnreachableError(Exception):
    """The MLflow server cannot be reached; the message says why."""


def tracking_uri(root: Path) -> str:
    """Return the store's URI: MLFLOW_TRACKING_URI, or SQLite in the project's root.

    Raises:
        UserError: The variable names a plain folder, which MLflow no longer supports.
    """
    uri = os.environ.get("MLFLOW_TRACKING_URI", "")
    if uri and uri != "databricks" and ("://" not in uri or uri.startswith("file:")):
        raise UserError(
            f"MLFLOW_TRACKING_URI: found '{uri}'; expected http://host:port or sqlite:////path/to/mlflow.db, "
            "or unset it to use mlflow.db in the project's root"
        )
    return uri or f"sqlite:///{root.resolve() / 'mlflow.db'}"


def is_server(uri: str) -> bool:
    """Tell whether a store is a server, with a page of its own, and no database."""
    return uri == "databricks" or uri.startswith(("http://", "https://"))


def without_password(text: str) -> str:
    """Remove user and password from addresses, for output."""
    return re.sub(r"//[^/\s]*@", "//", text)


def describe_location(uri: str, root: Path) -> str:
    """Describe a store for output: its address without password, or its file and the command that opens it."""
    own = f"sqlite:///{root.resolve()}/"
    return f"{uri.removeprefix(own)} (`embedding-bench ui`)" if uri.startswith(own) else without_password(uri)


@contextmanager
def opened(uri: str, root: Path, timeout: int) -> Iterator["MlflowClient"]:
    """Open the store for one process at a time, so that none mistakes another's unfinished runs for a crash's.

    Raises:
        UnreachableError: The server does not answer, or the connection fails later.
    """
    _probe(uri, timeout)
    with _locked(root / "mlflow.db.lock"), _connection_failures():
        yield _connect(uri, timeout)


def _probe(uri: str, seconds: int) -> None:
    """Check that a server answers, before mlflow's import and retries; in a thread, because name lookup may hang.

    Raises:
        UnreachableError: It does not answer within some seconds.
    """
    if not uri.startswith(("http://", "https://")):
        return
    answers: list[str] = []
    url = f"{without_password(uri).rstrip('/')}/health"
    thread = threading.Thread(target=lambda: answers.append(_ask(url, seconds)), daemon=True)
    thread.start()
    thread.join(seconds)
    reason = answers[0] if answers else f"no answer within {seconds} s"
    if reason:
        raise UnreachableError(reason)


def _ask(url: str, seconds: int) -> str:
    """Return why a server does not answer; "" if it does, even with an error, which mlflow will explain."""
    try:
        urllib.request.urlopen(url, timeout=seconds).close()  # noqa: S310  # only http and https come here
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}" if error.code in GATEWAY_ERRORS else ""
    except OSError as error:
        reason = getattr(error, "reason", error)
        return "" if isinstance(reason, ssl.SSLError) else str(reason) or type(reason).__name__
    except (http.client.HTTPException, ValueError):
        return ""
    return ""


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock, released with the process at the latest."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _connection_failures() -> Iterator[None]:
    """Turn mlflow's errors for failed connections and timeouts into UnreachableError; other errors pass."""
    try:
        yield
    except Exception as error:
        if is_connection_failure(error):
            raise UnreachableError(without_password(one_line(str(list(_causes(error))[-1])))) from error
        raise


def is_connection_failure(error: BaseException) -> bool:
    """Search an error's causes for a failed connection, which mlflow wraps; a refused certificate is none."""
    from requests import exceptions

    failures = (exceptions.ConnectionError, exceptions.Timeout)
    return any(isinstance(e, failures) and not isinstance(e, exceptions.SSLError) for e in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _connect(uri: str, timeout: int) -> "MlflowClient":
    """Import mlflow with short timeouts and little output, and open the store; create tables in a new SQLite file."""
    for name, value in {
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": str(timeout),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "MLFLOW_LOGGING_LEVEL": "ERROR",
    }.items():
        os.environ.setdefault(name, value)
    from mlflow import MlflowClient

    for logger in ("mlflow", "alembic", "urllib3"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    return MlflowClient(uri)
