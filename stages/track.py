"""track: publish what was trained as MLflow runs; what is there already is left alone."""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from stages.core import errors, settings, timing
from stages.core.artifacts import corpus, scores
from stages.core.artifacts.files import read_json, whole, write_json
from stages.core.console import say
from stages.core.settings import Settings, Variant
from stages.tracking.runs import Result, Shared, runs_of
from stages.tracking.store import (
    PENDING,
    Published,
    UnreachableError,
    place_of,
    publish,
    tracking_uri,
    without_password,
)


def track(found: Settings, data: Path, metrics: Path, out: Path) -> None:
    """Publish every row of the run; where no server answers, warn and leave a mark, for the results stand without."""
    shared = read_shared(data, metrics)
    records = runs_of(found, read_results(found, data), shared)
    root = timing.project_root()
    uri = tracking_uri(root)
    try:
        published = publish(records, shared.board["dataset"], uri, root, found.track.timeout)
    except UnreachableError as error:
        (root / PENDING).touch()
        warn(uri, error)
    else:
        (root / PENDING).unlink(missing_ok=True)
        say(f"track: {account(published, shared.board['dataset'])} in {place_of(uri, root)}")
    with whole(out) as path:
        write_json(path, {record.name: record.content_hash for record in records})


def warn(uri: str, error: UnreachableError) -> None:
    """Say in one line that nothing was published, and how to do it later."""
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
    # MLflow shows the commit of its own tag as a run's version.
    tags = {"mlflow.source.git.commit": git_commit(), "dvc_experiment": os.environ.get("DVC_EXP_NAME", "")}
    return {name: value for name, value in tags.items() if value}


def git_commit() -> str:
    """Ask Git for the commit; empty outside a repository."""
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of all artifacts")
    parser.add_argument("--metrics", type=Path, required=True, help="the folder of the leaderboard")
    parser.add_argument("--out", type=Path, required=True, help="what was published, by content")
    arguments = parser.parse_args()
    track(settings.load(), arguments.data, arguments.metrics, arguments.out)


if __name__ == "__main__":
    errors.run(main)
