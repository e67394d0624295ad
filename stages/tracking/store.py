"""Runs in MLflow: what a run holds, and a thin adapter that creates the ones that a store lacks.

Nothing else imports mlflow, and this module only once there is a store to talk to: the import costs seconds.
"""

import fcntl
import getpass
import http.client
import json
import logging
import os
import re
import shutil
import ssl
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stages.core.artifacts.scores import History
from stages.core.errors import UserError, one_line
from stages.tracking import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from mlflow import MlflowClient

PENDING = ".track-pending"  # in the project's root: something was not published
GATEWAY_ERRORS = (502, 503, 504)  # a proxy whose server is away
BATCH = 900  # the API takes 1,000 entries in a request, params included


@dataclass(frozen=True)
class Dataset:
    """A split that a run used; `context` is MLflow's word for what for."""

    name: str
    digest: str
    context: str
    source: str
    profile: dict[str, object]


@dataclass(frozen=True)
class ReplicateRun:
    """A child run: one training of a variant, with what was measured after each epoch."""

    name: str
    params: dict[str, str]
    metrics: dict[str, float]
    history: History
    files: list[Path]


@dataclass(frozen=True)
class RunRecord:
    """A parent run: a variant or a baseline; a figure is drawn only if the run is created."""

    name: str
    content_hash: str
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    datasets: list[Dataset]
    files: list[Path]
    figures: dict[str, Callable[[], "Figure"]]
    children: list[ReplicateRun] = field(default_factory=list)


class Published(NamedTuple):
    """How many parent and child runs were created, and how many parents were there already."""

    created: int
    children: int
    present: int


class UnreachableError(Exception):
    """The MLflow server cannot be reached; the message says why."""


# --- the store ------------------------------------------------------------------------------------------------------


def tracking_uri(root: Path) -> str:
    """Name the store: MLFLOW_TRACKING_URI, or SQLite in the project's root.

    Raises:
        UserError: The variable names a plain folder, which MLflow no longer writes to.
    """
    uri = os.environ.get("MLFLOW_TRACKING_URI", "")
    if uri and uri != "databricks" and ("://" not in uri or uri.startswith("file:")):
        raise UserError(
            f"MLFLOW_TRACKING_URI: found '{uri}'; expected http://host:port or sqlite:////path/to/mlflow.db, "
            "or unset it to use mlflow.db in the project's root"
        )
    return uri or f"sqlite:///{root.resolve() / 'mlflow.db'}"


def without_password(text: str) -> str:
    """Drop user and password from addresses, for output."""
    return re.sub(r"//[^/\s]*@", "//", text)


def place_of(uri: str, root: Path) -> str:
    """Say where runs are to be seen."""
    own = f"sqlite:///{root.resolve()}/"
    return f"{uri.removeprefix(own)} (`make ui`)" if uri.startswith(own) else without_password(uri)


def publish(records: list[RunRecord], experiment: str, uri: str, root: Path, timeout: int) -> Published:
    """Create the runs that the experiment lacks, one process at a time.

    Raises:
        UnreachableError: The server does not answer, or stops answering on the way.
    """
    _probe(uri, timeout)
    # The lock also keeps one process from taking another's unfinished runs for leftovers of a crash.
    with _locked(root / "mlflow.db.lock"), _connection_failures():
        client = _connect(uri, timeout)
        experiment_id = _find_experiment(client, experiment, root if uri.startswith("sqlite:") else None)
        missing = [record for record in records if not _is_present(client, experiment_id, record)]
        for record in missing:
            _create(client, experiment_id, record)
    return Published(len(missing), sum(len(record.children) for record in missing), len(records) - len(missing))


def _probe(uri: str, seconds: int) -> None:
    """Ask a server for anything, before mlflow's import and retries; in a thread, because a resolver may hang."""
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
    """Say why nothing answers; empty where something does, be it an error, which mlflow will explain."""
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
    """Hold an exclusive lock, which ends with the process at the latest."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _connection_failures() -> Iterator[None]:
    """Turn what mlflow raises when a connection fails or times out into UnreachableError; leave all else."""
    try:
        yield
    except Exception as error:
        causes = list(_causes(error))
        if _is_connection_failure(causes):
            raise UnreachableError(without_password(one_line(str(causes[-1])))) from error
        raise


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_connection_failure(causes: list[BaseException]) -> bool:
    """Look for what mlflow has wrapped: nothing in its own error tells. A refused certificate is no such failure."""
    from requests import exceptions

    failures = (exceptions.ConnectionError, exceptions.Timeout)
    return any(isinstance(cause, failures) and not isinstance(cause, exceptions.SSLError) for cause in causes)


def _connect(uri: str, timeout: int) -> "MlflowClient":
    """Import mlflow, silent and patient for seconds only, and open the store; a new SQLite file gets its tables."""
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


def _find_experiment(client: "MlflowClient", name: str, root: Path | None) -> str:
    """Find or create the experiment; without a server (`root` given) its artifacts go to the project's root."""
    found = client.get_experiment_by_name(name)
    if found is None:
        place = (root.resolve() / "mlartifacts" / name).as_uri() if root else None
        return str(client.create_experiment(name, artifact_location=place))
    if found.lifecycle_stage == "deleted":  # its name cannot be used again
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


# --- runs -----------------------------------------------------------------------------------------------------------


def _is_present(client: "MlflowClient", experiment_id: str, record: RunRecord) -> bool:
    """Look for a finished run of this content, and delete what a crash left of it.

    Of a run that is there only the tag `selected` changes: it speaks of the other variants too.
    """
    present = False
    for run in client.search_runs([experiment_id], f"tags.content_hash = '{record.content_hash}'"):
        if run.info.status != "FINISHED":
            _delete(client, experiment_id, run.info.run_id)
            continue
        present = True
        if run.data.tags.get("selected") != record.tags["selected"]:
            client.set_tag(run.info.run_id, "selected", record.tags["selected"])
    return present


def _delete(client: "MlflowClient", experiment_id: str, run_id: str) -> None:
    for child in client.search_runs([experiment_id], f"tags.`mlflow.parentRunId` = '{run_id}'"):
        client.delete_run(child.info.run_id)
    client.delete_run(run_id)


def _create(client: "MlflowClient", experiment_id: str, record: RunRecord) -> None:
    """Create a parent with its children; the parent is finished last, so a crash before leaves it unfinished."""
    tags = {**_mlflow_tags(), **record.tags, "content_hash": record.content_hash}
    run_id = client.create_run(experiment_id, tags=tags, run_name=record.name).info.run_id
    _log(client, run_id, record.params, record.metrics, [])
    _log_datasets(client, run_id, record.datasets)
    for child in record.children:
        _create_child(client, experiment_id, run_id, child)
    _log_files(client, run_id, record.files, record.figures)
    client.set_terminated(run_id)


def _create_child(client: "MlflowClient", experiment_id: str, parent_id: str, child: ReplicateRun) -> None:
    tags = {**_mlflow_tags(), "mlflow.parentRunId": parent_id}
    run_id = client.create_run(experiment_id, tags=tags, run_name=child.name).info.run_id
    _log(client, run_id, child.params, child.metrics, child.history)
    _log_files(client, run_id, child.files, {})
    client.set_terminated(run_id)


def _mlflow_tags() -> dict[str, str]:
    """Fill the columns that MLflow's UI has for every run."""
    return {"mlflow.user": _user(), "mlflow.source.name": "stages.track", "mlflow.source.type": "LOCAL"}


def _user() -> str:
    """Name the user; a container's number may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _log(
    client: "MlflowClient", run_id: str, params: dict[str, str], metrics: dict[str, float], history: History
) -> None:
    """Log params, final metrics and those of each epoch in as few requests as the API allows."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    entries = [Metric(name, value, now, 0) for name, value in metrics.items()]
    for row in history:
        epoch = int(row["epoch"])
        entries += [Metric(name, value, now, epoch) for name, value in row.items() if name != "epoch"]
    settings = [Param(name, value) for name, value in params.items()]
    client.log_batch(run_id, metrics=entries[:BATCH], params=settings)
    for start in range(BATCH, len(entries), BATCH):
        client.log_batch(run_id, metrics=entries[start : start + BATCH])


def _log_datasets(client: "MlflowClient", run_id: str, datasets: list[Dataset]) -> None:
    from mlflow import entities

    inputs = []
    for dataset in datasets:
        source = json.dumps({"uri": dataset.source})
        profile = json.dumps(dataset.profile)
        entity = entities.Dataset(dataset.name, dataset.digest, "local", source, profile=profile)
        inputs.append(entities.DatasetInput(entity, [entities.InputTag("mlflow.data.context", dataset.context)]))
    client.log_inputs(run_id, datasets=inputs)


def _log_files(
    client: "MlflowClient", run_id: str, files: list[Path], drawings: dict[str, Callable[[], "Figure"]]
) -> None:
    """Upload files, and figures drawn for this."""
    with tempfile.TemporaryDirectory() as scratch:
        for path in files:
            shutil.copyfile(path, Path(scratch) / path.name)
        for name, draw in drawings.items():
            figures.save(draw(), Path(scratch) / name)
        client.log_artifacts(run_id, scratch)
