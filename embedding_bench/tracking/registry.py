"""MLflow's model registry: a version per exported model, and the alias `champion` for the version to serve."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from embedding_bench.core.errors import UserError, allowed
from embedding_bench.tracking.champion import Comparison, Rated, judge, level_of
from embedding_bench.tracking.connection import is_connection_failure
from embedding_bench.tracking.store import find_run

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel
    from mlflow.models import Model

CHAMPION = "champion"
COMPARISON = "comparison"  # a tag: the number of a version's comparison with the champion of its time
VERDICT = "verdict"  # the last tag of a version: without it, a crash interrupted the registration
STORE = "MLFLOW_TRACKING_URI"
HITS = "artifacts/export/hits.npy"  # in a logged model

Hits = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ModelRecord:
    """A version to register: `save` writes it as an MLflow model, `compare` compares it with another version's hits.

    `accuracy` is that on test, `digest` identifies the validation texts; `run_hash` is the content hash of its run.
    """

    name: str
    variant: str
    accuracy: float
    validation_accuracy: float
    digest: str
    content_hash: str
    run_hash: str
    description: str
    confidence: float
    save: Callable[[Path, "Model"], None]
    compare: Callable[[Hits, float], Comparison]

    @property
    def tags(self) -> dict[str, str]:
        """The tags of the version."""
        return {
            "content_hash": self.content_hash,
            "variant": self.variant,
            "test_accuracy": f"{self.accuracy:.4f}",
            "validation_accuracy": f"{self.validation_accuracy:.4f}",
            "validation_digest": self.digest,
        }


def register(client: "MlflowClient", experiment_id: str, uri: str, model: ModelRecord) -> str:
    """Register a model unless a version has its content, compare it with the champion once, and return a summary."""
    champion = _find_champion(client, model.name)
    version = _find_version(client, model)
    if version and (VERDICT in version.tags or version.version == (champion and champion.version)):
        current = f"the champion is version {champion.version}" if champion else "there is no champion"
        return f"{_title(model, version)} is registered already; {current}"
    if version is None:
        version = _create_version(client, experiment_id, uri, model)
    comparison, level = None, 1.0
    hits = _read_hits(client, uri, champion) if champion and _rate(champion).digest == model.digest else None
    if hits is not None:
        level = level_of(_number_comparison(client, version), model.confidence)
        comparison = model.compare(hits, level)
    verdict = judge(_rate(version), _rate(champion) if champion else None, comparison, level)
    if verdict.moves:
        client.set_registered_model_alias(model.name, CHAMPION, version.version)
    client.set_model_version_tag(model.name, version.version, VERDICT, verdict.reason)
    return f"{_title(model, version)} is new; {verdict.reason}"


def move_champion(client: "MlflowClient", name: str, version: str) -> str | None:
    """Move the alias `champion` to a version; return the previous champion's version, if any.

    Raises:
        UserError: There is no such model or version.
    """
    registered = _find_model(client, name)
    if registered is None:
        names = [model.name for model in client.search_registered_models()]
        raise UserError(f"no model '{name}' is registered; {allowed(name, names)}")
    versions = [str(v.version) for v in client.search_model_versions(f"name = '{name}'", order_by=["version_number"])]
    if version not in versions:
        raise UserError(f"model '{name}' has no version '{version}'; {allowed(version, versions)}")
    client.set_registered_model_alias(name, CHAMPION, version)
    before = registered.aliases.get(CHAMPION)
    return None if before is None else str(before)


# --- lookup -----------------------------------------------------------------------------------------------------------


def _find_model(client: "MlflowClient", name: str) -> "RegisteredModel | None":
    models = client.search_registered_models(f"name = '{name}'")
    return models[0] if models else None


def _find_champion(client: "MlflowClient", name: str) -> "ModelVersion | None":
    registered = _find_model(client, name)
    if registered is None or CHAMPION not in registered.aliases:
        return None
    return client.get_model_version(name, registered.aliases[CHAMPION])


def _find_version(client: "MlflowClient", model: ModelRecord) -> "ModelVersion | None":
    versions = client.search_model_versions(f"name = '{model.name}' and tags.content_hash = '{model.content_hash}'")
    return versions[0] if versions else None


def _title(model: ModelRecord, version: "ModelVersion") -> str:
    return f"model `{model.name}` version {version.version} ({model.variant}, test accuracy {model.accuracy:.4f})"


def _rate(version: "ModelVersion") -> Rated:
    """Read a version's tags; a version that was registered by other means, or by an older one of ours, has none."""
    tags = version.tags
    names = ("validation_accuracy", "validation_digest")
    return Rated(str(version.version), *(tags.get(name, "unknown") for name in names))


def _number_comparison(client: "MlflowClient", version: "ModelVersion") -> int:
    """Count the model's comparisons up to this version's, and mark it before the outcome is known."""
    if COMPARISON in version.tags:  # a crash interrupted the registration
        return int(version.tags[COMPARISON])
    versions = client.search_model_versions(f"name = '{version.name}'")
    number = 1 + max((int(other.tags.get(COMPARISON, 0)) for other in versions), default=0)
    client.set_model_version_tag(version.name, version.version, COMPARISON, str(number))
    return number


def _read_hits(client: "MlflowClient", uri: str, version: "ModelVersion") -> Hits | None:
    """Download which validation texts a version classified correctly, bool [texts]; None if its files are gone."""
    from mlflow.artifacts import download_artifacts
    from mlflow.exceptions import MlflowException

    location = client.get_model_version_download_uri(version.name, version.version)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            path = download_artifacts(artifact_uri=f"{location}/{HITS}", dst_path=scratch, tracking_uri=uri)
        except (OSError, MlflowException) as error:
            if is_connection_failure(error):
                raise
            return None
        hits: Hits = np.load(path)
        return hits


# --- a new version ----------------------------------------------------------------------------------------------------


def _create_version(client: "MlflowClient", experiment_id: str, uri: str, model: ModelRecord) -> "ModelVersion":
    """Log the model to its run and register it; the version is created last, with all its tags."""
    run_id = find_run(client, experiment_id, model.run_hash)
    logged = _find_logged(client, experiment_id, run_id, model) or _log(client, experiment_id, run_id, model)
    model_id = logged.model_id
    if _find_model(client, model.name) is None:
        client.create_registered_model(model.name)
    with _named_store(uri):
        version = client.create_model_version(
            model.name, f"models:/{model_id}", run_id, model.tags, description=model.description, model_id=model_id
        )
    versions = [{"name": version.name, "version": version.version}]
    client.set_logged_model_tags(model_id, {"mlflow.modelVersions": json.dumps(versions)})  # the UI's link back
    return version


@contextmanager
def _named_store(uri: str) -> Iterator[None]:
    """Set the store in the environment inside the block: mlflow resolves models:/ there, not in the client's store."""
    before = os.environ.get(STORE)
    os.environ[STORE] = uri
    try:
        yield
    finally:
        del os.environ[STORE]
        if before is not None:
            os.environ[STORE] = before


def _find_logged(client: "MlflowClient", experiment_id: str, run_id: str, model: ModelRecord) -> "LoggedModel | None":
    """Find a model that was logged and not registered, and delete models that a crash left incomplete."""
    from mlflow.entities import LoggedModelStatus

    complete = None
    for logged in client.search_logged_models([experiment_id], f"tags.content_hash = '{model.content_hash}'"):
        if logged.status != LoggedModelStatus.READY:
            client.delete_logged_model(logged.model_id)
        elif logged.source_run_id == run_id:
            complete = logged
    return complete


def _log(client: "MlflowClient", experiment_id: str, run_id: str, model: ModelRecord) -> "LoggedModel":
    """Log a model as mlflow.pyfunc.log_model does, in this client's store instead of the global one."""
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus
    from mlflow.models import Model

    logged = client.create_logged_model(experiment_id, model.variant, run_id, {"content_hash": model.content_hash})
    client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        model_id = logged.model_id
        model.save(folder, Model(logged.artifact_location, run_id, model_uuid=model_id, model_id=model_id))
        client.log_model_artifacts(model_id, str(folder))
    return client.finalize_logged_model(model_id, LoggedModelStatus.READY)
