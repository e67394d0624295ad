"""A project of two variants, a baseline and an exported model, as the stages before `track` would leave it."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from mlflow import MlflowClient
from ruamel.yaml import YAML

from embedding_bench.artifacts import corpus, exported, leaderboard, report, scores, search
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.artifacts.search import Trials, VariantSettings
from embedding_bench.artifacts.selection import Ranks
from embedding_bench.core.files import write_json
from embedding_bench.core.params import Params
from embedding_bench.evaluation.leaderboard import build_rows
from embedding_bench.evaluation.metrics import measure
from embedding_bench.evaluation.outcomes import Outcome, Predicted, curves_of
from embedding_bench.evaluation.ranking import rank_rows, to_confirm
from embedding_bench.evaluation.selection import candidate
from embedding_bench.reporting.vega import VEGA_LITE
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.experiment import Experiment
from embedding_bench.settings.run import Variant
from embedding_bench.settings.track import TRACK
from stages.track import track
from tests.conftest import ROOT

FROZEN, FINETUNED, BASELINE = "words-random-frozen-mean", "words-random-finetuned-mean", "majority"
LABELS = np.arange(12, dtype=np.int32) % 2
WRONG = {FROZEN: (6, 4), FINETUNED: (2, 1), BASELINE: (6,)}  # answers, by replicate
EPOCHS = 3
NOTHING_TRIED = Trials()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hide the machine's settings of MLflow and DVC, and take back what the stage sets."""
    for name in list(os.environ):
        if name.startswith(("MLFLOW_", "DVC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    before = set(os.environ)
    yield
    for name in set(os.environ) - before:
        del os.environ[name]


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the tables once: that takes seconds."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_store: Path) -> Path:
    """Lay out a project of two variants and a baseline on twelve texts, as the stages before would."""
    folder = tmp_path / "project"
    folder.mkdir()
    write_params(folder)
    (folder / "dvc.yaml").touch()
    write_corpus(folder / "data" / "corpus")
    for name, wrong in WRONG.items():
        write_scores(folder, name, wrong)
        write_search(folder, name)
    write_metrics(folder)
    write_export(folder)
    write_report(folder)
    shutil.copyfile(empty_store, folder / "mlflow.db")
    monkeypatch.chdir(folder)
    return folder


def write_params(folder: Path, tuning: list[str] | None = None) -> None:
    yaml = YAML()
    params = yaml.load((ROOT / "params.yaml").read_text())
    params["run"] = {
        "vectorizers": ["words"], "vectors": ["random"], "tuning": tuning or ["frozen", "finetuned"],
        "encoders": ["mean"], "baselines": [BASELINE],
    }  # fmt: skip
    params["training"]["replicates"] = 2
    params["track"]["timeout"] = 3
    with (folder / "params.yaml").open("w") as file:
        yaml.dump(params, file)


def write_corpus(folder: Path) -> None:
    folder.mkdir(parents=True)
    batch = pa.record_batch([pa.array([f"text {n}" for n in LABELS]), pa.array(LABELS)], schema=corpus.SCHEMA)
    for split in corpus.LABELLED:
        corpus.write_split(folder, split, [batch], corpus.SCHEMA)
    described = {split: {"rows": 12, "classes": {"bad": 6, "good": 6}} for split in corpus.LABELLED}
    corpus.write_summary(folder, {"dataset": "sample", "labels": ["bad", "good"], "ceiling": None, "splits": described})


def scores_folder(folder: Path, name: str) -> Path:
    return folder / "data" / ("baselines" if name == BASELINE else "scores") / name


def write_search(folder: Path, name: str, trials: Trials = NOTHING_TRIED) -> None:
    """Write the settings of params.yaml as those that were chosen."""
    settings, layout = load_settings(folder / "params.yaml"), Layout(folder)
    if name == BASELINE:
        chosen = {"baseline": settings.baselines[name].plain()}
    else:
        _, vectors, tuning, encoder = name.split("-")
        parts = settings.encoders[encoder], settings.tuning[tuning], settings.vectors[vectors].drawn
        chosen = VariantSettings(*parts).plain()
    layout.search(name).mkdir(parents=True, exist_ok=True)
    search.write(layout.search(name), chosen, trials)


def write_scores(folder: Path, name: str, wrong: tuple[int, ...], place: Path | None = None) -> None:
    """Write replicates that answer the first `wrong` texts wrongly, by default those that selection saw."""
    predicted = np.stack([predictions(count) for count in wrong])
    measured = [
        {"seed": 1 + k, "best_epoch": 2, "parameters": 7, "test": measure(LABELS, p), "validation": measure(LABELS, p)}
        for k, p in enumerate(predicted)
    ]
    histories = [] if name == BASELINE else [history(k) for k in range(len(wrong))]
    place = place or scores_folder(folder, name)
    place.mkdir(parents=True, exist_ok=True)
    scores.write(place, measured, {"validation": predicted, "test": predicted}, {}, histories)


def predictions(wrong: int) -> np.ndarray:
    right = np.where(np.arange(12) < wrong, 0.3, 0.7)
    return np.where(np.arange(2) == LABELS[:, None], right[:, None], 1 - right[:, None]).astype(np.float32)


def history(replicate: int) -> scores.History:
    return [
        {"epoch": e, "loss": 1 / e, "accuracy": 0.5, "val_loss": 2 / e, "val_accuracy": 0.1 * e + 0.01 * replicate}
        for e in range(1, EPOCHS + 1)
    ]


def write_metrics(folder: Path, confirmed: list[str] | None = None) -> None:
    """Write the leaderboard; `confirmed` variants have fresh replicates that answer as their others do."""
    layout = Layout(folder)

    def predicted(place: Path) -> Predicted:
        return Predicted(scores.read_scores(place), scores.read_predictions(place, "test"), {})

    def outcome(name: str) -> Outcome:
        variant = None if name == BASELINE else Variant(*name.split("-"))
        fresh = predicted(layout.confirmed_scores(name)) if name in (confirmed or []) else None
        return Outcome(name, variant, predicted(scores_folder(folder, name)), fresh)

    outcomes = [outcome(name) for name in WRONG]
    predictions = {name: scores.read_predictions(scores_folder(folder, name), "validation") for name in WRONG}
    candidates = {name: candidate(LABELS, predictions[name], "accuracy") for name in WRONG}
    ranked = rank_rows(candidates, [FROZEN, FINETUNED])
    ranks = Ranks("accuracy", ranked, to_confirm(ranked, [FROZEN, FINETUNED]))
    curves = curves_of(outcomes, dict.fromkeys(corpus.LABELLED, LABELS))
    trials = {name: search.read_trials(layout.search(name)) for name in WRONG}
    rows = build_rows(outcomes, ranks, curves, LABELS, None, trials, 0.95)
    leaderboard.write(layout.leaderboard, Leaderboard(dataset="sample", confidence=0.95, rows=rows))
    write_json(layout.coverage, {"rows": [{"embedding": "words-random", "splits": {}}]})


def write_export(folder: Path, wrong: int = 1, *, digest: str = "these texts", weights: bytes = b"weights") -> None:
    """Export a replicate that answers the first `wrong` of a hundred validation texts wrongly."""
    hits = np.arange(100) >= wrong
    validation = {"validation_accuracy": float(hits.mean()), "validation_digest": digest}
    metrics = {"accuracy": 0.9, "replicates": [1], **validation}
    place = folder / "data" / "export"
    place.mkdir(exist_ok=True)
    exported.write(place, exported.Facts(["bad", "good"], {"variant": FINETUNED}, metrics, hits), "# a card\n")
    (place / "model.keras").write_bytes(weights)


def write_report(folder: Path) -> None:
    spec = {
        "$schema": VEGA_LITE,
        "data": {"values": [{"accuracy": 0.5}]},
        "mark": "point",
        "encoding": {"x": {"field": "accuracy", "type": "quantitative"}},
    }
    maps = dict.fromkeys((FROZEN, FINETUNED), spec)
    Layout(folder).report.mkdir(parents=True)
    report.write(Layout(folder).report, "page", dict.fromkeys(("leaderboard", "learning"), spec), maps)


def run_track() -> dict[str, str]:
    params = Params.read()
    track(params.part(Experiment), params.section(TRACK).timeout, Layout())
    published: dict[str, str] = json.loads(Path("mlflow/published.json").read_text())
    return published


def local(folder: Path) -> str:
    return f"sqlite:///{folder}/mlflow.db"
