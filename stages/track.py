"""track: publish what was trained as MLflow runs and the exported model; what is there already is left alone."""

import argparse
import hashlib
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus, exported, scores
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import read_json, whole, write_json
from embedding_bench.evaluation.metrics import mean_confusion
from embedding_bench.git import git
from embedding_bench.settings.complete import Settings, load_settings
from embedding_bench.settings.run import Variant
from embedding_bench.tracking.champion import Comparison
from embedding_bench.tracking.connection import (
    PENDING,
    UnreachableError,
    opened,
    place_of,
    tracking_uri,
    without_password,
)
from embedding_bench.tracking.registry import Hits, ModelRecord, register
from embedding_bench.tracking.runs import Result, Shared, report_run, runs_of
from embedding_bench.tracking.store import Published, RunRecord, find_experiment, publish

if TYPE_CHECKING:
    from mlflow.models import Model


def track(found: Settings, data: Path, metrics: Path, export: Path, out: Path) -> None:
    """Publish every row of the run and the exported model; without a server, warn: the results stand without."""
    shared = read_shared(data, metrics)
    records = runs_of(found, read_results(found, data), shared)
    model = read_model(export, records, shared)
    root = timing.project_root()
    uri = tracking_uri(root)
    try:
        with opened(uri, root, found.track.timeout) as client:
            experiment_id = find_experiment(client, model.name, uri, root)
            published = publish(client, experiment_id, records)
            publish(client, experiment_id, [report_run(shared)])
            say(f"track: {account(published, model.name)} in {place_of(uri, root)}")
            say(f"track: {register(client, experiment_id, uri, model)}")
    except UnreachableError as error:
        (root / PENDING).touch()
        warn(uri, error)
    else:
        (root / PENDING).unlink(missing_ok=True)
    with whole(out) as path:
        write_json(path, {record.name: record.content_hash for record in records})


def warn(uri: str, error: UnreachableError) -> None:
    """Say in one line that not all was published, and how to do it later."""
    print(
        f"warning: track: MLflow at {without_password(uri)} cannot be reached ({error}); results are complete, "
        "`make publish` tries again",
        file=sys.stderr,
    )


def account(published: Published, dataset: str) -> str:
    """Say in a line what came of it."""
    created, children, present = published
    return (
        f"{created + children} runs created ({created} rows, {children} replicates), {present} rows were there "
        f"already; experiment `{dataset}`"
    )


def read_shared(data: Path, metrics: Path) -> Shared:
    """Read what compare and download wrote."""
    board = read_json(metrics / "leaderboard.json")
    coverage = {row["embedding"]: row for row in read_json(metrics / "coverage.json")["rows"]}
    return Shared(board, coverage, corpus.read_summary(data / "corpus"), origin(), data / "report")


def read_results(found: Settings, data: Path) -> list[Result]:
    """Read every variant and baseline that params.yaml names."""
    labels = corpus.read_labels(data / "corpus", "test")
    places: list[tuple[str, Variant | None, Path]] = [
        (variant.name, variant, data / "scores" / variant.name) for variant in found.run.variants
    ]
    places += [(name, None, data / "baselines" / name) for name in found.run.baselines]
    return [read_result(*place, labels) for place in places]


def read_result(name: str, variant: Variant | None, folder: Path, labels: Labels) -> Result:
    """Read one of them; its times are empty where it was made on another machine."""
    reached = scores.read_scores(folder)
    histories = [scores.read_history(folder, replicate) for replicate in range(len(reached["replicates"]))]
    confusion = partial(read_confusion, folder, labels)
    result = Result(name, variant, folder, digest_of(folder), reached, [h for h in histories if h], confusion, {})
    return result._replace(times=timing.read(result.stage, [folder]))


def read_confusion(folder: Path, labels: Labels) -> npt.NDArray[np.float64]:
    """Read the mean confusion matrix of the test split."""
    return mean_confusion(labels, scores.read_predictions(folder, "test"))


def read_model(export: Path, records: list[RunRecord], shared: Shared) -> ModelRecord:
    """Read what is told of the exported model.

    Raises:
        UserError: It is of a variant that params.yaml does not name.
    """
    facts, hashes = exported.read(export), {record.name: record.content_hash for record in records}
    variant, metrics = facts.settings["variant"], facts.metrics
    if variant not in hashes:
        raise UserError(f"{export}: found '{variant}', which params.yaml does not name; run `dvc repro`")
    return ModelRecord(
        name=shared.board["dataset"],
        variant=variant,
        accuracy=metrics["accuracy"],
        test_digest=metrics["test_digest"],
        content_hash=digest_of(export)[:32],
        run_hash=hashes[variant],
        description=f"{variant}, replicate {metrics['replicate']}; artifacts/export/README.md is its card",
        confidence=shared.board["confidence"],
        save=partial(save_model, export),
        compare=partial(compare, facts.hits, shared.board["confidence"]),
    )


def save_model(export: Path, path: Path, identity: "Model") -> None:
    """Write the exported model as an MLflow model; imports mlflow."""
    from embedding_bench.serving.mlflow_model import save

    save(export, path, identity)


def compare(hits: Hits, confidence: float, other: Hits) -> Comparison:
    """Compare a model with another on the same texts, text by text."""
    from embedding_bench.evaluation.statistics import differences  # scipy takes a moment

    ours, theirs = (one.astype(np.float64)[np.newaxis] for one in (hits, other))
    return Comparison(*differences(ours, [theirs], confidence)[0])


def digest_of(folder: Path) -> str:
    """Hash the predictions and all else that stands beside them."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def origin() -> dict[str, str]:
    """Name the commit and the DVC experiment that this runs in, where there are such."""
    # MLflow shows the commit of its own tag as a run's version.
    commit, experiment = git("rev-parse", "HEAD").strip(), os.environ.get("DVC_EXP_NAME", "")
    tags = {"mlflow.source.git.commit": commit, "dvc_experiment": experiment}
    return {name: value for name, value in tags.items() if value}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of all artifacts")
    parser.add_argument("--metrics", type=Path, required=True, help="the folder of the leaderboard")
    parser.add_argument("--export", type=Path, required=True, help="the exported model")
    parser.add_argument("--out", type=Path, required=True, help="what was published, by content")
    arguments = parser.parse_args()
    track(load_settings(), arguments.data, arguments.metrics, arguments.export, arguments.out)


if __name__ == "__main__":
    errors.run(main)
