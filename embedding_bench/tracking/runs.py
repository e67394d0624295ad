"""What MLflow is told of each result: pure records, built from what lies on disk."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from embedding_bench.artifacts.scores import History
from embedding_bench.core.errors import UserError
from embedding_bench.evaluation.metrics import fold_confusion
from embedding_bench.settings.complete import Settings
from embedding_bench.settings.run import Variant
from embedding_bench.tracking.figures import confusion_matrix, learning_curves
from embedding_bench.tracking.store import Dataset, ReplicateRun, RunRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEASURES = ("accuracy", "macro_f1", "log_loss", "calibration_error")
CONTEXTS = {"train": "training", "test": "testing"}  # MLflow's words


class Result(NamedTuple):
    """What a variant (or a baseline, whose `variant` is None) left on disk; `digest` is that of all its files.

    `confusion` reads the mean confusion matrix of the test split [actual][predicted], for a picture that is drawn.
    """

    name: str
    variant: Variant | None
    folder: Path
    digest: str
    scores: dict[str, Any]
    histories: list[History]
    confusion: Callable[[], npt.NDArray[np.float64]]
    times: dict[str, Any]

    @property
    def stage(self) -> str:
        """The DVC stage that made it."""
        return f"train@{self.name}" if self.variant else f"baseline@{self.name}"


class Shared(NamedTuple):
    """What all results have in common: leaderboard, coverage by embedding, corpus, tags of the origin, the report."""

    board: dict[str, Any]
    coverage: dict[str, Any]
    summary: dict[str, Any]
    origin: dict[str, str]
    report: Path


def runs_of(found: Settings, results: list[Result], shared: Shared) -> list[RunRecord]:
    """Build the runs of all results.

    Raises:
        UserError: The leaderboard lacks one of them: it is older than params.yaml.
    """
    rows = {row["variant"]: row for row in shared.board["rows"]}
    for result in results:
        if result.name not in rows:
            raise UserError(f"leaderboard.json: has no row '{result.name}', which params.yaml names; run `dvc repro`")
    return [run_of(found, result, rows[result.name], shared) for result in results]


def run_of(found: Settings, result: Result, row: dict[str, Any], shared: Shared) -> RunRecord:
    """Build the parent run of a variant with its children, or the only run of a baseline."""
    params = {"dataset": shared.board["dataset"], **params_of(found, result)}
    picture = shared.report / "maps" / f"{result.name}.svg"
    return RunRecord(
        name=result.name,
        content_hash=content_hash(params, result, shared),
        params=params,
        metrics={**reached_metrics(row), **time_metrics(result.times)},
        by_labels={point["labels"]: {"test_accuracy_by_labels": point["mean"]} for point in row["learning_curve"]},
        tags={"selected": str(row["selected"]).lower(), "dvc_stage": result.stage, **shared.origin},
        datasets=datasets_of(shared),
        files=[result.folder / "scores.json", *([picture] if result.variant else [])],
        figures=figures_of(result, shared.summary["labels"]),
        children=[child_of(result, replicate) for replicate in range(len(result.histories))],
    )


def report_run(shared: Shared) -> RunRecord:
    """Build the run of the report, which is about all results together: another page is another run."""
    files = [shared.report / "page.html", *sorted(shared.report.glob("*.svg"))]
    return RunRecord(
        name="report",
        content_hash=hashlib.sha256(files[0].read_bytes()).hexdigest()[:32],
        params={"dataset": shared.board["dataset"]},
        metrics={},
        by_labels={},
        tags={"selected": "false", "dvc_stage": "report", **shared.origin},
        datasets=datasets_of(shared),
        files=files,
        figures={},
    )


def params_of(found: Settings, result: Result) -> dict[str, str]:
    """Flatten the part of params.yaml that a result depends on, each catalogue entry below its axis."""
    if result.variant is None:
        strength = result.scores["replicates"][0].get("strength")
        chosen = {} if strength is None else {"strength": f"{strength:g}"}
        return {"baseline": result.name, **flat("baseline", found.baselines[result.name]), **chosen}
    vectorizer, vectors, tuning, encoder = result.variant
    return {
        **result.variant._asdict(),
        **flat("vectorizer", found.vectorizers[vectorizer]),
        **flat("vectors", found.vectors[vectors]),
        **flat("vocabulary", found.vocabulary),
        **flat("tuning", found.tuning[tuning]),
        **flat("encoder", found.encoders[encoder]),
        **flat("training", found.training, {"tensorboard"}),  # logs are no part of a result
    }


def flat(prefix: str, model: BaseModel, without: set[str] | None = None) -> dict[str, str]:
    """Write settings as `encoder.learning_rate: 0.003`; lists and nulls stand as in JSON."""
    return dict(_flat(prefix, model.model_dump(exclude=without)))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}", inner)
    else:
        yield prefix, value if isinstance(value, str) else json.dumps(value)


def content_hash(params: dict[str, str], result: Result, shared: Shared) -> str:
    """Hash what a run tells of: settings, inputs and predictions, not commit, time or experiment.

    The confidence is among the settings, because the interval is told with it; the words that coverage lists are not.
    """
    inputs: list[Any] = [shared.summary, shared.board["confidence"]]
    if result.variant:
        measured = shared.coverage[f"{result.variant.vectorizer}-{result.variant.vectors}"]
        inputs.append(measured["splits"])
    return digest_of_json([params, inputs, result.digest])[:32]


def digest_of_json(value: object) -> str:
    """Hash a value as JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def reached_metrics(row: dict[str, Any]) -> dict[str, float]:
    """Name a leaderboard row's figures so that they sort side by side in the UI."""
    accuracy = row["accuracy"]
    return {
        "test_accuracy": accuracy["mean"],
        "test_accuracy_low": accuracy["low"],
        "test_accuracy_high": accuracy["high"],
        "test_macro_f1": row["macro_f1"]["mean"],
        "test_log_loss": row["log_loss"],
        "test_calibration_error": row["calibration_error"],
        "validation_accuracy": row["validation_accuracy"],
        "validation_log_loss": row["validation_log_loss"],
        "parameters": row["parameters"],
    }


def time_metrics(times: dict[str, Any]) -> dict[str, float]:
    """Sum up times and memory, as far as they are known."""
    kept = ("seconds", "peak_mb", "microseconds_per_text")
    metrics: dict[str, float] = {name: times[name] for name in kept if name in times}
    if replicates := times.get("replicates"):
        metrics["seconds_per_epoch"] = median(s for replicate in replicates for s in replicate["seconds_per_epoch"])
    return metrics


def datasets_of(shared: Shared) -> list[Dataset]:
    """Name the splits that a run was trained and tested on; the digest changes with anything in their summary."""
    name, splits = shared.board["dataset"], shared.summary["splits"]
    digests = {split: digest_of_json([split, shared.summary])[:8] for split in CONTEXTS}
    return [
        Dataset(name, digests[split], context, f"data/corpus/{split}.parquet", splits[split])
        for split, context in CONTEXTS.items()
    ]


def figures_of(result: Result, labels: list[str]) -> dict[str, Callable[[], "Figure"]]:
    """Name the figures of a run, to be drawn when it is created."""
    title = f"{result.name}, test split: share of each class"
    drawings: dict[str, Callable[[], Figure]] = {
        "confusion-matrix.png": lambda: confusion_matrix(title, *fold_confusion(result.confusion(), labels))
    }
    if result.histories:
        drawings["learning-curves.png"] = partial(learning_curves, result.name, result.histories)
    return drawings


def child_of(result: Result, replicate: int) -> ReplicateRun:
    """Build the run of one replicate."""
    reached = result.scores["replicates"][replicate]
    metrics = {f"test_{measure}": reached["test"][measure] for measure in MEASURES}
    metrics |= {f"validation_{name}": reached["validation"][name] for name in ("accuracy", "log_loss")}
    metrics["best_epoch"] = reached["best_epoch"]
    return ReplicateRun(
        name=f"replicate {replicate}",
        params={"seed": str(reached["seed"])},
        metrics=metrics,
        epochs={
            int(row["epoch"]): {name: value for name, value in row.items() if name != "epoch"}
            for row in result.histories[replicate]
        },
        files=[result.folder / f"history-{replicate}.tsv"],
    )
