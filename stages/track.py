"""track: publish results and the exported model to MLflow; publishing is idempotent."""

import argparse
import sys
from pathlib import Path

from embedding_bench.artifacts.layout import Layout
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import save_json
from embedding_bench.core.params import Params
from embedding_bench.settings.experiment import Experiment
from embedding_bench.settings.track import TRACK
from embedding_bench.tracking.collect import read_model, read_results, read_shared
from embedding_bench.tracking.connection import (
    PENDING,
    UnreachableError,
    describe_location,
    opened,
    tracking_uri,
    without_password,
)
from embedding_bench.tracking.registry import register
from embedding_bench.tracking.runs import report_run, runs_of
from embedding_bench.tracking.store import Published, find_experiment, publish


def track(experiment: Experiment, timeout: int, layout: Layout) -> None:
    """Publish every row of the run and the exported model; warn if the server is unreachable.

    Results do not depend on a server; `embedding-bench publish` catches up.
    """
    shared = read_shared(layout)
    records = runs_of(experiment, read_results(experiment.run, layout, shared.board), shared)
    model = read_model(layout, records, shared)
    root = timing.project_root()
    uri = tracking_uri(root)
    try:
        with opened(uri, root, timeout) as client:
            experiment_id = find_experiment(client, model.name, uri, root)
            published = publish(client, experiment_id, records)
            publish(client, experiment_id, [report_run(shared)])
            log(f"track: {summarise(published, model.name)} in {describe_location(uri, root)}")
            log(f"track: {register(client, experiment_id, uri, model)}")
    except UnreachableError as error:
        (root / PENDING).touch()
        warn(uri, error)
    else:
        (root / PENDING).unlink(missing_ok=True)
    save_json(layout.published, {record.name: record.content_hash for record in records})


def warn(uri: str, error: UnreachableError) -> None:
    """Warn that publishing was incomplete, and name the remedy."""
    print(
        f"warning: track: MLflow at {without_password(uri)} cannot be reached ({error}); results are complete, "
        "`embedding-bench publish` tries again",
        file=sys.stderr,
    )


def summarise(published: Published, dataset: str) -> str:
    """Summarise the created and present runs in one line."""
    created, children, present = published
    return (
        f"{created + children} runs created ({created} rows, {children} replicates and trials), {present} rows already "
        f"present; experiment `{dataset}`"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the project's folder")
    arguments = parser.parse_args()
    params = Params.read()
    track(params.part(Experiment), params.section(TRACK).timeout, Layout(arguments.root))


if __name__ == "__main__":
    errors.run(main)
