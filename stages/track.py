"""track: publish what was trained as MLflow runs; what is there already is left alone."""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from stages.core import errors, settings, timing
from stages.core.artifacts import corpus, scores
from stages.core.artifacts.files import read_json, whole, write_json
from stages.core.artifacts.scores import History
from stages.core.console import say
from stages.core.errors import UserError
from stages.core.settings import Settings, Variant
from stages.results.figures import confusion_matrix, learning_curves
from stages.results.tracking import (
    Dataset,
    Published,
    ReplicateRun,
    RunRecord,
    Unreachable,
    publish,
    tracking_uri,
    without_password,
)

PENDING = ".track-pending"
MEASURES = ("accuracy", "macro_f1", "log_loss", "calibration_error")
CONTEXTS = {"train": "training", "test": "testing"}  # MLflow's words


class Result(NamedTuple):
    """What a variant (or a baseline, whose `variant` is None) left on disk; `digest` is that of all its files."""

    name: str
    variant: Variant | None
    folder: Path
    digest: str
    scores: dict[str, Any]
    histories: list[History]
    times: dict[str, Any]

    @property
    def stage(self) -> str:
        """The DVC stage that made it."""
        return f"train@{self.name}" if self.variant else f"baseline@{self.name}"


class Shared(NamedTuple):
    """What all results have in common: the leaderboard, coverage by embedding, the corpus and tags of the origin."""

    board: dict[str, Any]
    coverage: dict[str, Any]
    summary: dict[str, Any]
    origin: dict[str, str]


def track(found: Settings, data: Path, metrics: Path, out: Path) -> None:
    """Publish every row of the run; where no server answers, warn and leave a mark, for the results stand without."""
    shared = read_shared(data, metrics)
    records = runs_of(found, read_results(found, data), shared)
    root = timing.project_root()
    uri = tracking_uri(root)
    try:
        published = publish(records, shared.board["dataset"], uri, root, found.track.timeout)
    except Unreachable as error:
        (root / PENDING).touch()
        warn(uri, error)
    else:
        (root / PENDING).unlink(missing_ok=True)
        say(f"track: {account(published, shared.board['dataset'], uri)}")
    with whole(out) as path:
        write_json(path, {record.name: record.content_hash for record in records})


def warn(uri: str, error: Unreachable) -> None:
    """Say in one line that nothing was published, and how to do it later."""
    print(
        f"warning: track: MLflow at {without_password(uri)} cannot be reached ({error}); results are complete, "
        "`make publish` tries again",
        file=sys.stderr,
    )


def account(published: Published, dataset: str, uri: str) -> str:
    """Say in a line what came of it, and where."""
    created, children, present = published
    return (
        f"{created + children} runs created ({created} rows, {children} replicates), {present} rows were there "
        f"already; experiment `{dataset}` in {without_password(uri)} (`make ui`)"
    )


# --- what is on disk ------------------------------------------------------------------------------------------------


def read_shared(data: Path, metrics: Path) -> Shared:
    """Read what compare and download wrote."""
    board, coverage = read_json(metrics / "leaderboard.json"), read_json(metrics / "coverage.json")
    return Shared(board, coverage, corpus.read_summary(data / "corpus"), origin())


def read_results(found: Settings, data: Path) -> list[Result]:
    """Read every variant and baseline that params.yaml names."""
    variants = [read_result(variant.name, variant, data / "scores" / variant.name) for variant in found.variants]
    return variants + [read_result(name, None, data / "baselines" / name) for name in found.run.baselines]


def read_result(name: str, variant: Variant | None, folder: Path) -> Result:
    """Read one of them; its times are empty where it was made on another machine."""
    reached = scores.read_scores(folder)
    histories = [scores.read_history(folder, replicate) for replicate in range(len(reached["replicates"]))]
    result = Result(name, variant, folder, digest_of(folder), reached, [h for h in histories if h], {})
    return result._replace(times=timing.read(result.stage, [folder]))


def digest_of(folder: Path) -> str:
    """Hash the predictions and all else that stands beside them."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def origin() -> dict[str, str]:
    """Name the commit and the DVC experiment that this runs in, where there are such."""
    tags = {"mlflow.source.git.commit": git_commit(), "dvc_experiment": os.environ.get("DVC_EXP_NAME", "")}
    return {name: value for name, value in tags.items() if value}


def git_commit() -> str:
    """Ask Git for the commit; empty outside a repository."""
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


# --- what the runs hold ---------------------------------------------------------------------------------------------


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
    chosen = settings_of(found, result)
    tags = {"selected": str(row["selected"]).lower(), "dvc_stage": result.stage, **shared.origin}
    return RunRecord(
        name=result.name,
        content_hash=content_hash(chosen, result, shared),
        params={"dataset": shared.board["dataset"], **flat(chosen), **strength_of(result)},
        metrics={**reached_metrics(row), **time_metrics(result.times)},
        tags=tags,
        datasets=datasets_of(shared),
        files=[result.folder / "scores.json"],
        figures=figures_of(result, shared.summary["labels"]),
        children=[child_of(result, replicate) for replicate in range(len(result.histories))],
    )


def settings_of(found: Settings, result: Result) -> dict[str, Any]:
    """Collect the part of params.yaml that a result depends on, with the values of its axes."""
    if result.variant is None:
        return {"baseline": result.name, "baselines": dump(found.baselines[result.name])}
    variant = result.variant
    return {
        **variant._asdict(),
        "vectorizers": dump(found.vectorizers[variant.vectorizer]),
        "vectors_": dump(found.vectors[variant.vectors]),
        "vocabulary": dump(found.vocabulary),
        "tuning_": dump(found.tuning[variant.tuning]),
        "encoders": dump(found.encoders[variant.encoder]),
        "training": dump(found.training),
    }
