"""Records of the runs for MLflow, built from the results on disk."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts import report
from embedding_bench.artifacts.leaderboard import Leaderboard, LeaderboardRow
from embedding_bench.artifacts.scores import History
from embedding_bench.artifacts.search import Trials
from embedding_bench.evaluation.metrics import fold_confusion
from embedding_bench.settings.experiment import Experiment
from embedding_bench.settings.run import Variant
from embedding_bench.tracking.charts import draw_confusion_matrix, draw_learning_curves, draw_specification
from embedding_bench.tracking.store import ChildRun, Dataset, Draw, RunRecord

MEASURES = ("accuracy", "macro_f1", "log_loss", "calibration_error")
CONTEXTS = {"train": "training", "test": "testing"}  # MLflow's names of the splits


class Replicates(NamedTuple):
    """One group of replicates: the name of each, the folder of `artifacts.scores`, and what it holds."""

    name: str
    folder: Path
    scores: dict[str, Any]
    histories: list[History]


class Result(NamedTuple):
    """The results of a variant, or of a baseline, whose `variant` is None.

    `groups` are the replicates that selection saw and, for a confirmed variant, those with fresh seeds. `digest` is the
    hash of all their files. `confusion` reads the mean confusion matrix of the test split, float64 [actual, predicted],
    when its chart is drawn. `times` is empty if another machine computed the result. `settings` and `trials` are those
    of `artifacts.search`.
    """

    name: str
    variant: Variant | None
    groups: list[Replicates]
    digest: str
    confusion: Callable[[], npt.NDArray[np.float64]]
    times: dict[str, Any]
    settings: dict[str, Any]
    trials: Trials

    @property
    def stage(self) -> str:
        """The DVC stage that wrote the results."""
        return f"train@{self.name}" if self.variant else f"baseline@{self.name}"


class Shared(NamedTuple):
    """Inputs of all runs: leaderboard, coverage by embedding, corpus, tags of the origin, folder of the report."""

    board: Leaderboard
    coverage: dict[str, Any]
    summary: dict[str, Any]
    origin: dict[str, str]
    report: Path


def runs_of(experiment: Experiment, results: list[Result], shared: Shared) -> list[RunRecord]:
    """Build the runs of all results.

    Raises:
        UserError: The leaderboard lacks a row, because it is older than params.yaml.
    """
    return [run_of(experiment, result, shared.board.row(result.name), shared) for result in results]


def run_of(experiment: Experiment, result: Result, row: LeaderboardRow, shared: Shared) -> RunRecord:
    """Build the parent run of a variant with its children, or the only run of a baseline."""
    params = {"dataset": shared.board.dataset, **params_of(experiment, result)}
    return RunRecord(
        name=result.name,
        content_hash=content_hash(params, result, shared),
        params=params,
        metrics={**test_metrics(row), **time_metrics(result.times)},
        by_labels={point.labels: {"test_accuracy_by_labels": point.mean} for point in row.learning_curve},
        tags={"selected": str(row.selected).lower(), "dvc_stage": result.stage, **shared.origin},
        datasets=datasets_of(shared),
        files=[result.groups[-1].folder / "scores.json"],
        charts=charts_of(result, shared),
        children=[
            *(child_of(group, number) for group in result.groups for number in range(len(group.histories))),
            *(trial_run(result.trials, number) for number in range(len(result.trials.trials))),
        ],
    )


def report_run(shared: Shared) -> RunRecord:
    """Build the run of the report, which covers all results; a changed page is a new run."""
    page = report.page_path(shared.report)
    pictures = report.picture_paths(shared.report)
    return RunRecord(
        name="report",
        content_hash=hashlib.sha256(page.read_bytes()).hexdigest()[:32],
        params={"dataset": shared.board.dataset},
        metrics={},
        by_labels={},
        tags={"selected": "false", "dvc_stage": "report", **shared.origin},
        datasets=datasets_of(shared),
        files=[page],
        charts={f"{path.stem}.svg": partial(draw_specification, path) for path in pictures},
    )


def params_of(experiment: Experiment, result: Result) -> dict[str, str]:
    """Flatten the part of params.yaml that a result depends on; the keys of a catalogue entry begin with its axis."""
    if result.variant is None:
        strength = result.groups[0].scores["replicates"][0].get("strength")
        selected = {} if strength is None else {"strength": f"{strength:g}"}
        return {"baseline": result.name, **flat("baseline", result.settings["baseline"]), **selected}
    vectorizer, vectors, *_ = result.variant
    drawn = {key: value for key, value in result.settings["rows"].items() if value is not None}
    return {
        **result.variant._asdict(),
        **flat("vectorizer", experiment.vectorizers[vectorizer].model_dump()),
        **flat("vectors", {**experiment.vectors[vectors].plain(), **drawn}),
        **flat("vocabulary", experiment.vocabulary.model_dump()),
        **flat("tuning", result.settings["tuning"]),
        **flat("encoder", result.settings["encoder"]),
        **flat("training", experiment.training.model_dump(exclude={"tensorboard"})),  # logs are not part of a result
    }


def flat(prefix: str, values: dict[str, Any]) -> dict[str, str]:
    """Flatten settings to `encoder.learning_rate: 0.003`; lists and nulls are JSON."""
    return dict(_flat(prefix, values))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}", inner)
    else:
        yield prefix, value if isinstance(value, str) else json.dumps(value)


def content_hash(params: dict[str, str], result: Result, shared: Shared) -> str:
    """Hash the content of a run: settings, inputs and predictions, but not commit, time or experiment.

    The confidence is included, because the interval depends on it. The words that coverage lists are not.
    """
    inputs: list[Any] = [shared.summary, shared.board.confidence, result.trials.model_dump(mode="json")]
    if result.variant:
        measured = shared.coverage[f"{result.variant.vectorizer}-{result.variant.vectors}"]
        inputs.append(measured["splits"])
    return digest_of_json([params, inputs, result.digest])[:32]


def digest_of_json(value: object) -> str:
    """Hash a value as JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def test_metrics(row: LeaderboardRow) -> dict[str, float]:
    """Name the metrics of a leaderboard row so that they sort side by side in the UI."""
    metrics = {
        "test_accuracy": row.accuracy.mean,
        "test_accuracy_low": row.accuracy.low,
        "test_accuracy_high": row.accuracy.high,
        "test_accuracy_as_selected": row.as_selected.mean if row.as_selected else None,
        "test_macro_f1": row.macro_f1.mean,
        "test_log_loss": row.log_loss,
        "test_calibration_error": row.calibration_error,
        "validation_accuracy": row.validation_accuracy,
        "validation_macro_f1": row.validation_macro_f1,
        "validation_log_loss": row.validation_log_loss,
        "validation_scaled_log_loss": row.validation_scaled_log_loss,
        "parameters": row.parameters,
    }
    return {name: value for name, value in metrics.items() if value is not None}


def time_metrics(times: dict[str, Any]) -> dict[str, float]:
    """Select seconds, peak memory and the median seconds per epoch, if they are known."""
    names = ("seconds", "peak_mb", "microseconds_per_text")
    metrics: dict[str, float] = {name: times[name] for name in names if name in times}
    if replicates := times.get("replicates"):
        metrics["seconds_per_epoch"] = median(s for replicate in replicates for s in replicate["seconds_per_epoch"])
    return metrics


def datasets_of(shared: Shared) -> list[Dataset]:
    """Describe the splits that a run was trained and tested on; the digest changes with their summary."""
    name, splits = shared.board.dataset, shared.summary["splits"]
    digests = {split: digest_of_json([split, shared.summary])[:8] for split in CONTEXTS}
    return [
        Dataset(name, digests[split], context, f"data/corpus/{split}.parquet", splits[split])
        for split, context in CONTEXTS.items()
    ]


def charts_of(result: Result, shared: Shared) -> dict[str, Draw]:
    """Return the charts of a run by file name, to be drawn when the run is created."""
    title, labels = f"{result.name}, test split: share of each class", shared.summary["labels"]

    def draw_confusion(path: Path) -> None:
        draw_confusion_matrix(path, title, *fold_confusion(result.confusion(), labels))

    charts: dict[str, Draw] = {"confusion-matrix.png": draw_confusion}
    if histories := result.groups[-1].histories:
        charts["learning-curves.png"] = partial(draw_learning_curves, title=result.name, histories=histories)
    if result.variant:
        charts[f"{result.name}.svg"] = partial(draw_specification, report.map_path(shared.report, result.name))
    return charts


def child_of(group: Replicates, number: int) -> ChildRun:
    """Build the run of one replicate."""
    scores = group.scores["replicates"][number]
    metrics = {f"test_{measure}": scores["test"][measure] for measure in MEASURES}
    metrics |= {f"validation_{name}": scores["validation"][name] for name in ("accuracy", "log_loss")}
    metrics["best_epoch"] = scores["best_epoch"]
    return ChildRun(
        name=f"{group.name} {number}",
        params={"seed": str(scores["seed"])},
        metrics=metrics,
        epochs={
            int(row["epoch"]): {name: value for name, value in row.items() if name != "epoch"}
            for row in group.histories[number]
        },
        files=[group.folder / f"history-{number}.tsv"],
    )


def trial_run(trials: Trials, number: int) -> ChildRun:
    """Build the run of one trial, with a step for each round that it took part in; trial 0 is params.yaml's setting."""
    trial = trials.trials[number]
    names = "validation_criterion", "validation_scaled_log_loss"
    scores = [dict(zip(names, score, strict=True)) for score in trial.scores]
    return ChildRun(
        name=f"trial {number}",
        params={**flat("trial", trial.settings), "texts": str(trials.texts[len(scores) - 1])},
        metrics={},
        epochs=dict(enumerate(scores, 1)),
        files=[],
    )
