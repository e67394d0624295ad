"""MLflow runs as records, and a thin adapter that creates the missing ones in a store."""

import getpass
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mlflow import MlflowClient

Steps = dict[int, dict[str, float]]  # metrics by step
Draw = Callable[[Path], None]  # draws a chart into a file

BATCH = 900  # entries in a request; the API allows 1,000, params included


@dataclass(frozen=True)
class Dataset:
    """A split that a run used; `context` is its purpose in MLflow's terms."""

    name: str
    digest: str
    context: str
    source: str
    profile: dict[str, object]


@dataclass(frozen=True)
class ChildRun:
    """A child run: one training of a variant with metrics by epoch, or one trial of a search with those by round."""

    name: str
    params: dict[str, str]
    metrics: dict[str, float]
    epochs: Steps
    files: list[Path]


@dataclass(frozen=True)
class RunRecord:
    """A parent run: a variant or a baseline, with accuracy by labels; charts are drawn only if it is created."""

    name: str
    content_hash: str
    params: dict[str, str]
    metrics: dict[str, float]
    by_labels: Steps
    tags: dict[str, str]
    datasets: list[Dataset]
    files: list[Path]
    charts: dict[str, Draw]
    children: list[ChildRun] = field(default_factory=list)


class Published(NamedTuple):
    """Numbers of parent runs created, child runs created, and parent runs already present."""

    created: int
    children: int
    present: int


def publish(client: "MlflowClient", experiment_id: str, records: list[RunRecord]) -> Published:
    """Create the runs that are missing in the experiment."""
    missing = [record for record in records if not _is_present(client, experiment_id, record)]
    for record in missing:
        _create(client, experiment_id, record)
    return Published(len(missing), sum(len(record.children) for record in missing), len(records) - len(missing))


def find_experiment(client: "MlflowClient", name: str, uri: str, root: Path) -> str:
    """Find or create the experiment and return its id; without a server its artifacts go to the project's root."""
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        location = (root.resolve() / "mlartifacts" / name).as_uri() if uri.startswith("sqlite:") else None
        return str(client.create_experiment(name, artifact_location=location))
    if experiment.lifecycle_stage == "deleted":  # its name cannot be used again
        client.restore_experiment(experiment.experiment_id)
    return str(experiment.experiment_id)


def find_run(client: "MlflowClient", experiment_id: str, content_hash: str) -> str:
    """Return the id of the finished run with this content."""
    runs = client.search_runs(
        [experiment_id], f"tags.content_hash = '{content_hash}' and attributes.status = 'FINISHED'"
    )
    return str(runs[0].info.run_id)


def _is_present(client: "MlflowClient", experiment_id: str, record: RunRecord) -> bool:
    """Find a finished run with this content, and delete unfinished runs that a crash left.

    A present run is unchanged except for what depends on other rows, too: its tag `selected`, and the interval.
    """
    present = False
    for run in client.search_runs([experiment_id], f"tags.content_hash = '{record.content_hash}'"):
        if run.info.status != "FINISHED":
            _delete(client, experiment_id, run.info.run_id)
            continue
        present = True
        if run.data.tags.get("selected") != record.tags["selected"]:
            client.set_tag(run.info.run_id, "selected", record.tags["selected"])
        changed = {name: value for name, value in record.metrics.items() if run.data.metrics.get(name) != value}
        if changed:
            _log(client, run.info.run_id, {}, changed, {})
    return present


def _delete(client: "MlflowClient", experiment_id: str, run_id: str) -> None:
    for child in client.search_runs([experiment_id], f"tags.`mlflow.parentRunId` = '{run_id}'"):
        client.delete_run(child.info.run_id)
    client.delete_run(run_id)


def _create(client: "MlflowClient", experiment_id: str, record: RunRecord) -> None:
    """Create a parent run with its children; the parent is finished last, so that a crash leaves it unfinished."""
    tags = {**_mlflow_tags(), **record.tags, "content_hash": record.content_hash}
    run_id = client.create_run(experiment_id, tags=tags, run_name=record.name).info.run_id
    _log(client, run_id, record.params, record.metrics, record.by_labels)
    _log_datasets(client, run_id, record.datasets)
    for child in record.children:
        _create_child(client, experiment_id, run_id, child)
    _log_files(client, run_id, record.files, record.charts)
    client.set_terminated(run_id)


def _create_child(client: "MlflowClient", experiment_id: str, parent_id: str, child: ChildRun) -> None:
    tags = {**_mlflow_tags(), "mlflow.parentRunId": parent_id}
    run_id = client.create_run(experiment_id, tags=tags, run_name=child.name).info.run_id
    _log(client, run_id, child.params, child.metrics, child.epochs)
    _log_files(client, run_id, child.files, {})
    client.set_terminated(run_id)


def _mlflow_tags() -> dict[str, str]:
    """Return the tags behind the columns of MLflow's UI."""
    return {"mlflow.user": _user(), "mlflow.source.name": "stages.track", "mlflow.source.type": "LOCAL"}


def _user() -> str:
    """Return the user's name; in a container, a user id may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _log(client: "MlflowClient", run_id: str, params: dict[str, str], metrics: dict[str, float], steps: Steps) -> None:
    """Log params, final metrics and metrics by step in as few requests as the API allows."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    entries = [Metric(name, value, now, 0) for name, value in metrics.items()]
    for step, values in steps.items():
        entries += [Metric(name, value, now, step) for name, value in values.items()]
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


def _log_files(client: "MlflowClient", run_id: str, files: list[Path], charts: dict[str, Draw]) -> None:
    """Upload files, and charts drawn for the upload."""
    with tempfile.TemporaryDirectory() as scratch:
        for path in files:
            shutil.copyfile(path, Path(scratch) / path.name)
        for name, draw in charts.items():
            draw(Path(scratch) / name)
        client.log_artifacts(run_id, scratch)
