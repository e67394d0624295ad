"""The last run's results and exported model, read from disk as records for MLflow."""

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from embedding_bench.arrays import Labels
from embedding_bench.artifacts import corpus, exported, leaderboard, scores, search
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.core import timing
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import read_json
from embedding_bench.evaluation.metrics import mean_confusion
from embedding_bench.git import git
from embedding_bench.settings.run import Run, Variant
from embedding_bench.tracking.champion import Comparison
from embedding_bench.tracking.registry import Hits, ModelRecord
from embedding_bench.tracking.runs import Replicates, Result, Shared
from embedding_bench.tracking.store import RunRecord

if TYPE_CHECKING:
    from mlflow.models import Model


SEEN, FRESH = "replicate", "fresh replicate"  # by selection; names of runs


def read_shared(layout: Layout) -> Shared:
    """Read the inputs that all results share."""
    coverage = {row["embedding"]: row for row in read_json(layout.coverage)["rows"]}
    board, summary = leaderboard.read(layout.leaderboard), corpus.read_summary(layout.corpus)
    return Shared(board, coverage, summary, _origin(), layout.report)


def read_results(run: Run, layout: Layout, board: Leaderboard) -> list[Result]:
    """Read every variant and baseline of the run."""
    labels = corpus.read_labels(layout.corpus, "test")
    return [_read_result(row, layout, board.row(row[0]).is_confirmed, labels) for row in layout.rows(run)]


def _read_result(row: tuple[str, Variant | None, Path], layout: Layout, confirmed: bool, labels: Labels) -> Result:
    """Read one row's result; `times` is empty if it was computed on another machine."""
    name, variant, folder = row
    folders = {SEEN: folder, **({FRESH: layout.confirmed_scores(name)} if confirmed else {})}
    groups = [_read_replicates(*group) for group in folders.items()]
    digest = hashlib.sha256("".join(map(hash_folder, folders.values())).encode()).hexdigest()
    confusion = partial(_read_confusion, groups[-1].folder, labels)
    found = read_json(layout.settings(name)), search.read_trials(layout.search(name))
    result = Result(name, variant, groups, digest, confusion, {}, *found)
    return result._replace(times=timing.read(result.stage, [folder]))


def _read_replicates(name: str, folder: Path) -> Replicates:
    scored = scores.read_scores(folder)
    histories = [scores.read_history(folder, replicate) for replicate in range(len(scored["replicates"]))]
    return Replicates(name, folder, scored, [history for history in histories if history])


def _read_confusion(folder: Path, labels: Labels) -> npt.NDArray[np.float64]:
    return mean_confusion(labels, scores.read_predictions(folder, "test"))


def read_model(layout: Layout, records: list[RunRecord], shared: Shared) -> ModelRecord:
    """Read the exported model.

    Raises:
        UserError: Its variant is not in params.yaml.
    """
    facts, hashes = exported.read(layout.export), {record.name: record.content_hash for record in records}
    variant, metrics = facts.settings["variant"], facts.metrics
    if variant not in hashes:
        raise UserError(f"{layout.export}: found '{variant}', which is not in params.yaml; run `dvc repro`")
    replicate = FRESH if shared.board.row(variant).is_confirmed else SEEN
    numbers = ", ".join(map(str, metrics["replicates"]))
    return ModelRecord(
        name=shared.board.dataset,
        variant=variant,
        accuracy=metrics["accuracy"],
        validation_accuracy=metrics["validation_accuracy"],
        digest=metrics["validation_digest"],
        content_hash=hash_model(layout.export)[:32],
        run_hash=hashes[variant],
        description=f"{variant}, {replicate} {numbers}; artifacts/export/README.md is its card",
        confidence=shared.board.confidence,
        save=partial(_save_model, layout.export),
        compare=partial(compare_hits, facts.hits),
    )


def _save_model(export: Path, path: Path, identity: "Model") -> None:
    from embedding_bench.serving.mlflow_model import save  # imports mlflow, which takes seconds

    save(export, path, identity)


def compare_hits(hits: Hits, other: Hits, level: float) -> Comparison:
    """Compare a model's accuracy with another's on the same texts, paired by text; hits are bool [texts].

    The test is one-sided; the interval excludes 0 exactly where its p value is below `level`, or above 1 - `level`.
    """
    from embedding_bench.evaluation.statistics import contrast, sample  # imports SciPy

    ours, theirs = (sample(values.astype(np.float64)[np.newaxis]) for values in (hits, other))
    difference = contrast([(1.0, ours), (-1.0, theirs)])
    half = difference.p_value() / 2
    p_value = half if difference.mean > 0 else 1 - half
    return Comparison(difference.mean, *difference.interval(1 - 2 * level), p_value)


def hash_model(export: Path) -> str:
    """Hash what an exported model answers, and on which texts it is compared.

    Its card and its row of the leaderboard change with other rows, which makes it no other version.
    """
    digest = exported.read(export).metrics["validation_digest"]
    return hash_files([export / name for name in ("model.keras", "labels.json", "hits.npy")], digest)


def hash_folder(folder: Path) -> str:
    """Hash the names and contents of a folder's files."""
    return hash_files(sorted(folder.iterdir()))


def hash_files(paths: list[Path], opening: str = "") -> str:
    """Hash the names and contents of files, after an opening."""
    digest = hashlib.sha256(opening.encode())
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _origin() -> dict[str, str]:
    """Return the tags of the commit and the DVC experiment of this process, if any."""
    # MLflow shows the commit of its own tag as a run's version.
    commit, experiment = git("rev-parse", "HEAD").strip(), os.environ.get("DVC_EXP_NAME", "")
    tags = {"mlflow.source.git.commit": commit, "dvc_experiment": experiment}
    return {name: value for name, value in tags.items() if value}
