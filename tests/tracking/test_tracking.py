import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import mlflow
import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.search import Trial, Trials
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import write_json
from embedding_bench.tracking import charts, store
from stages.track import main
from tests.conftest import ROOT
from tests.serving.server import end, free_port, wait_for
from tests.tracking.conftest import (
    BASELINE,
    FINETUNED,
    FROZEN,
    local,
    run_track,
    scores_folder,
    write_export,
    write_metrics,
    write_scores,
    write_search,
)

TRIED = Trials(
    texts=[3, 9],
    trials=[
        Trial(settings={"tuning.learning_rate": 0.02}, scores=[(0.6, 0.5)]),
        Trial(settings={"tuning.learning_rate": 0.03}, scores=[(0.7, 0.4), (0.8, 0.3)]),
    ],
    best=1,
)


def command(folder: Path, **variables: str) -> subprocess.Popen[str]:
    call = [sys.executable, "-m", "stages.track", "--root", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    pipe = subprocess.PIPE
    return subprocess.Popen(call, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True)


def runs_in(uri: str, order: str = "attributes.start_time", reports: bool = False) -> list[Run]:
    """Return the runs of rows and replicates, or those of reports."""
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("sample")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], order_by=[order])
    return [run for run in runs if (run.data.tags.get("dvc_stage") == "report") == reports]


def named(runs: list[Run], name: str) -> Run:
    found = [run for run in runs if run.info.run_name == name]
    assert len(found) == 1
    return found[0]


def children(runs: list[Run], parent: Run) -> list[Run]:
    return [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]


# --- a local store --------------------------------------------------------------------------------------------------


def test_every_row_is_a_run_with_its_replicates_below(project):
    published = run_track()
    runs = runs_in(local(project))
    assert set(published) == {FROZEN, FINETUNED, BASELINE}
    assert len(runs) == 3 + 4
    assert {run.info.status for run in runs} == {"FINISHED"}
    for name in (FROZEN, FINETUNED):
        below = children(runs, named(runs, name))
        assert sorted(run.info.run_name for run in below) == ["replicate 0", "replicate 1"]
        assert {run.data.params["seed"] for run in below} == {"1", "2"}
    assert children(runs, named(runs, BASELINE)) == []


def test_every_trial_is_a_run_below_its_row(project):
    write_search(project, FINETUNED, TRIED)
    write_metrics(project)
    before = run_track()
    runs, client = runs_in(local(project)), MlflowClient(local(project))
    trials = {run.info.run_name: run for run in children(runs, named(runs, FINETUNED)) if "trial" in run.info.run_name}
    assert set(trials) == {"trial 0", "trial 1"}
    assert trials["trial 1"].data.params == {"trial.tuning.learning_rate": "0.03", "texts": "9"}
    assert trials["trial 0"].data.params["texts"] == "3"
    curve = client.get_metric_history(trials["trial 1"].info.run_id, "validation_criterion")
    assert [(point.step, point.value) for point in curve] == [(1, 0.7), (2, 0.8)]
    write_search(project, FINETUNED, TRIED.model_copy(update={"trials": TRIED.trials[:1]}))
    after = run_track()
    assert {name for name in after if after[name] != before[name]} == {FINETUNED}


def test_the_chosen_settings_are_those_of_the_run(project):
    chosen = Layout(project).settings(FINETUNED)
    chosen.write_text(chosen.read_text().replace('"learning_rate": 0.02', '"learning_rate": 0.03'))
    run_track()
    assert named(runs_in(local(project)), FINETUNED).data.params["tuning.learning_rate"] == "0.03"


def test_params_metrics_and_tags_tell_what_the_run_was(project, monkeypatch):
    monkeypatch.setenv("DVC_EXP_NAME", "bold-idea")
    published = run_track()
    data = named(runs_in(local(project)), FINETUNED).data
    assert data.params.items() >= {
        "dataset": "sample", "vectors": "random", "tuning": "finetuned", "encoder": "mean", "encoder.epochs": "30",
        "tuning.trainable": "true", "vectors.dimensions": "100", "vectors.missing.policy": "uniform",
        "vectorizer.kind": "words", "vocabulary.size": "30000", "training.replicates": "2", "training.seed": "1",
    }.items()  # fmt: skip
    assert data.metrics["test_accuracy"] == pytest.approx(1 - 1.5 / 12, abs=1e-6)
    assert data.metrics["test_accuracy_low"] < data.metrics["test_accuracy"] <= data.metrics["test_accuracy_high"]
    assert data.metrics["parameters"] == 7
    assert data.tags["selected"] == "true"
    assert data.tags["dvc_stage"] == f"train@{FINETUNED}"
    assert data.tags["dvc_experiment"] == "bold-idea"
    assert data.tags["content_hash"] == published[FINETUNED]


def test_times_are_told_where_they_are_known(project):
    from embedding_bench.core import timing

    with timing.timed(f"train@{FROZEN}", [scores_folder(Path(), FROZEN)]) as noted:
        noted["replicates"] = [{"seconds_per_epoch": [1.0, 2.0]}, {"seconds_per_epoch": [3.0]}]
        noted["microseconds_per_text"] = 6.0
    run_track()
    runs = runs_in(local(project))
    metrics = named(runs, FROZEN).data.metrics
    assert (metrics["seconds_per_epoch"], metrics["microseconds_per_text"]) == (2.0, 6.0)
    assert metrics.keys() >= {"seconds", "peak_mb"}
    assert "seconds" not in named(runs, FINETUNED).data.metrics


def test_replicates_have_curves_by_epoch(project):
    run_track()
    runs, client = runs_in(local(project)), MlflowClient(local(project))
    for replicate, run in enumerate(sorted(children(runs, named(runs, FROZEN)), key=lambda run: run.info.run_name)):
        curve = client.get_metric_history(run.info.run_id, "val_accuracy")
        assert [(point.step, round(point.value, 4)) for point in curve] == [
            (epoch, round(0.1 * epoch + 0.01 * replicate, 4)) for epoch in (1, 2, 3)
        ]
        assert run.data.metrics.keys() >= {"loss", "accuracy", "val_loss", "test_accuracy", "validation_accuracy"}


def test_fresh_replicates_of_a_confirmed_variant_are_runs_of_their_own(project):
    write_scores(project, FINETUNED, (4, 3), Layout(project).confirmed_scores(FINETUNED))
    write_metrics(project, confirmed=[FINETUNED])
    run_track()
    runs = runs_in(local(project))
    parent = named(runs, FINETUNED)
    names = sorted(run.info.run_name for run in children(runs, parent))
    assert names == ["fresh replicate 0", "fresh replicate 1", "replicate 0", "replicate 1"]
    assert parent.data.metrics["test_accuracy"] == pytest.approx(17 / 24)
    assert parent.data.metrics["test_accuracy_as_selected"] == pytest.approx(21 / 24)
    assert "test_accuracy_as_selected" not in named(runs, FROZEN).data.metrics


def test_accuracy_stands_by_the_number_of_labels(project):
    run_track()
    run, client = named(runs_in(local(project)), BASELINE), MlflowClient(local(project))
    (point,) = client.get_metric_history(run.info.run_id, "test_accuracy_by_labels")
    assert (point.step, point.value) == (12, run.data.metrics["test_accuracy"])  # all of train


def test_long_histories_take_several_requests(project, monkeypatch):
    monkeypatch.setattr(store, "BATCH", 8)
    run_track()
    runs, client = runs_in(local(project)), MlflowClient(local(project))
    child = children(runs, named(runs, FROZEN))[0]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert [point.step for point in client.get_metric_history(child.info.run_id, name)] == [1, 2, 3]


def test_runs_sort_by_test_accuracy(project):
    run_track()
    parents = [r for r in runs_in(local(project), "metrics.test_accuracy DESC") if "content_hash" in r.data.tags]
    assert [run.info.run_name for run in parents] == [FINETUNED, FROZEN, BASELINE]


def test_datasets_are_linked(project):
    run_track()
    inputs = named(runs_in(local(project)), FROZEN).inputs.dataset_inputs
    assert {(entry.dataset.name, entry.tags[0].value) for entry in inputs} == {
        ("sample", "training"),
        ("sample", "testing"),
    }
    assert len({entry.dataset.digest for entry in inputs}) == 2


def test_artifacts_lie_under_the_project_wherever_it_is_called_from(project, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(project, elsewhere, ignore=shutil.ignore_patterns("mlflow.db"))
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("DVC_ROOT", str(project))
    run_track()
    runs = runs_in(local(project))
    parent = Path(named(runs, FROZEN).info.artifact_uri.removeprefix("file://"))
    assert parent.is_relative_to(project / "mlartifacts")
    pictures = {"learning-curves.png", "confusion-matrix.png", f"{FROZEN}.svg"}
    assert {path.name for path in parent.iterdir()} == {"scores.json", *pictures}
    held = Path(runs_in(local(project), reports=True)[0].info.artifact_uri.removeprefix("file://"))
    assert {path.name for path in held.iterdir()} == {"page.html", "leaderboard.svg", "learning.svg"}
    assert (parent / f"{FROZEN}.svg").read_text().startswith("<svg")
    child = Path(children(runs, named(runs, FROZEN))[0].info.artifact_uri.removeprefix("file://"))
    assert [path.suffix for path in child.iterdir()] == [".tsv"]
    assert not (elsewhere / "mlflow.db").exists()


def test_another_page_is_another_run(project):
    for text in ("one page", "one page", "another page"):
        Path("data/report/page.html").write_text(text)
        run_track()
    assert len(runs_in(local(project), reports=True)) == 2


def test_publishing_twice_gives_no_doubles(project, capsys):
    first = run_track()
    before = [run.info.run_id for run in runs_in(local(project))]
    capsys.readouterr()
    assert run_track() == first
    assert [run.info.run_id for run in runs_in(local(project))] == before
    assert "0 runs created (0 rows, 0 replicates and trials), 3 rows already present" in capsys.readouterr().out


def test_other_predictions_are_another_run(project):
    first = run_track()
    write_scores(project, FROZEN, (5, 4))
    write_metrics(project)
    second = run_track()
    assert {name for name in first if first[name] != second[name]} == {FROZEN}
    assert len(runs_in(local(project))) == 7 + 3


def test_an_interval_that_other_rows_change_is_brought_up_to_date(project):
    """The variance of seeds is moderated over the rows of an encoder; the run of the unchanged row stays the same."""
    run_track()
    before = named(runs_in(local(project)), FINETUNED)
    write_scores(project, FROZEN, (12, 0))
    write_metrics(project)
    run_track()
    (after,) = [run for run in runs_in(local(project)) if run.info.run_name == FINETUNED]
    assert after.info.run_id == before.info.run_id
    assert after.data.metrics["test_accuracy"] == before.data.metrics["test_accuracy"]
    assert after.data.metrics["test_accuracy_low"] < before.data.metrics["test_accuracy_low"]


def test_names_of_classes_are_drawn_literally(tmp_path, recwarn):
    labels = ["$5 to $", r"\frac{", "体育", "a" * 100]
    charts.draw_confusion_matrix(tmp_path / "drawn.png", "title", np.eye(4), labels)
    assert (tmp_path / "drawn.png").read_bytes().startswith(b"\x89PNG")
    assert [warning for warning in recwarn if "Glyph" in str(warning.message)] == []


def test_other_settings_are_another_run(project):
    first = run_track()
    for name in (FROZEN, FINETUNED):
        chosen = Layout(project).settings(name)
        chosen.write_text(chosen.read_text().replace('"batch_size": 64', '"batch_size": 32'))
    second = run_track()
    assert {name for name in first if first[name] != second[name]} == {FROZEN, FINETUNED}


def test_commit_and_experiment_are_no_part_of_the_content(project, monkeypatch):
    first = run_track()
    monkeypatch.setenv("DVC_EXP_NAME", "another")
    assert run_track() == first
    assert len(runs_in(local(project))) == 7


def test_the_selected_tag_follows_the_leaderboard(project):
    run_track()
    write_scores(project, FROZEN, (0, 0))
    write_metrics(project)
    run_track()
    selected = [run for run in runs_in(local(project)) if run.data.tags.get("selected") == "true"]
    assert [run.info.run_name for run in selected] == [FROZEN]


def test_what_a_crash_left_is_replaced(project, monkeypatch):
    def crash(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(store, "_log_files", crash)
        with pytest.raises(RuntimeError, match="power cut"):
            run_track()
    left = runs_in(local(project))
    assert {run.info.status for run in left} == {"RUNNING"}
    run_track()
    runs = runs_in(local(project))
    assert len(runs) == 7
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert not {run.info.run_id for run in left} & {run.info.run_id for run in runs}


def test_a_deleted_experiment_comes_back(project):
    run_track()
    client = MlflowClient(local(project))
    client.delete_experiment(client.get_experiment_by_name("sample").experiment_id)
    run_track()
    assert len(client.search_experiments(ViewType.ACTIVE_ONLY, filter_string="name = 'sample'")) == 1
    assert len(runs_in(local(project))) == 7


def test_only_rows_of_the_params_are_published(project):
    shutil.copytree(scores_folder(project, FROZEN), scores_folder(project, "words-random-frozen-old"))
    assert set(run_track()) == {FROZEN, FINETUNED, BASELINE}


def test_a_leaderboard_older_than_the_params_is_refused(project):
    board = json.loads(Path("metrics/leaderboard.json").read_text())
    board["rows"] = [row for row in board["rows"] if row["variant"] != FROZEN]
    write_json(Path("metrics/leaderboard.json"), board)
    with pytest.raises(UserError, match=f"no row '{FROZEN}'.*dvc repro"):
        run_track()


def test_a_folder_as_store_is_refused(project, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "./mlruns")
    with pytest.raises(UserError, match=r"MLFLOW_TRACKING_URI: found '\./mlruns'; expected http://host:port"):
        run_track()


def test_two_processes_share_a_new_store(project):
    (project / "mlflow.db").unlink()
    processes = [command(project), command(project)]
    outputs = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert [error for _, error in outputs] == ["", ""]
    assert all(len(out.splitlines()) == 2 for out, _ in outputs)
    assert "experiment `sample` in mlflow.db (`embedding-bench ui`)" in outputs[0][0]
    assert sorted("is new; now the champion" in out for out, _ in outputs) == [False, True]
    assert len(runs_in(local(project))) == 7


def test_tensorflow_is_not_imported(project):
    (project / "tensorflow.py").write_text("raise RuntimeError('seconds are lost')\n")
    out, error = command(project).communicate(timeout=120)
    assert "is new; now the champion" in out
    assert error == ""


# --- a server -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[str]:
    """Start an MLflow server, and end it by its own process group."""
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    shutil.copyfile(empty_store, folder / "server.db")
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    variables |= {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    call = [
        sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/server.db",
        "--artifacts-destination", str(folder / "artifacts"), "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1",
    ]  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(call, env=variables, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


def test_what_a_server_missed_is_published_when_it_is_back(project, server, tmp_path):
    start = time.monotonic()
    down = command(project, MLFLOW_TRACKING_URI=f"http://user:secret@127.0.0.1:{free_port()}")
    out, error = down.communicate(timeout=60)
    assert time.monotonic() - start < 15
    assert (down.returncode, out) == (0, "")
    assert len(error.splitlines()) == 1
    assert error.startswith("warning: track: MLflow at http://127.0.0.1:")
    assert "secret" not in error
    assert (project / ".track-pending").exists()
    written = (project / "mlflow" / "published.json").read_text()

    up = command(project, MLFLOW_TRACKING_URI=server)
    out, error = up.communicate(timeout=120)
    assert (up.returncode, error) == (0, "")
    assert out.startswith("track: 7 runs created (3 rows, 4 replicates and trials)")
    assert server in out
    assert len(out.splitlines()) == 2
    assert not (project / ".track-pending").exists()
    assert (project / "mlflow" / "published.json").read_text() == written

    runs, client = runs_in(server), MlflowClient(server)
    run_id = named(runs, FROZEN).info.run_id
    fetched = client.download_artifacts(run_id, "scores.json", str(tmp_path))
    assert Path(fetched).read_bytes() == (scores_folder(project, FROZEN) / "scores.json").read_bytes()
    curve = client.get_metric_history(children(runs, named(runs, FROZEN))[0].info.run_id, "val_accuracy")
    assert [point.step for point in curve] == [1, 2, 3]

    write_export(project, 20)
    out, error = command(project, MLFLOW_TRACKING_URI=server).communicate(timeout=120)
    assert error == ""
    assert "model `sample` version 2" in out
    assert "the champion remains version 1 (validation accuracy 0.9900): validation difference -0.1900" in out
    assert command(project, MLFLOW_TRACKING_URI=server).communicate(timeout=120)[0].endswith("champion is version 1\n")
    outputs = named(runs_in(server), FINETUNED).outputs.model_outputs
    sources = {version.source for version in client.search_model_versions("name = 'sample'")}
    assert {f"models:/{output.model_id}" for output in outputs} == sources


def test_a_server_that_accepts_and_says_nothing_is_given_up(project, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{mute.getsockname()[1]}")
        start = time.monotonic()
        published = run_track()
    assert time.monotonic() - start < 6
    assert set(published) == {FROZEN, FINETUNED, BASELINE}
    assert "cannot be reached" in capsys.readouterr().err
    assert Path(".track-pending").exists()


class Answering(BaseHTTPRequestHandler):
    """Say that all is well, and then answer as `answer` does."""

    answer = staticmethod(lambda handler: None)

    def do_GET(self) -> None:
        if self.path == "/health":
            self.send_response(200)
            self.end_headers()
        else:
            type(self).answer(self)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Answering]]:
    """Serve `Answering` as the store."""
    handler = type("Handler", (Answering,), {})
    with HTTPServer(("127.0.0.1", 0), handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{served.server_port}")
        yield handler
        served.shutdown()


def test_a_server_that_goes_away_on_the_way_is_like_one_that_is_down(project, stub, capsys):
    run_track()
    error = capsys.readouterr().err
    assert "cannot be reached" in error
    assert len(error.splitlines()) == 1
    assert Path(".track-pending").exists()


def test_a_servers_own_error_is_not_hidden(project, stub):
    def refuse(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(403)
        handler.end_headers()

    stub.answer = staticmethod(refuse)
    with pytest.raises(mlflow.MlflowException, match="403"):
        run_track()
    assert not Path("mlflow/published.json").exists()


def test_the_command_line_reads_its_paths(project, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["track", "--root", "."])
    main()
    assert capsys.readouterr().out.startswith(
        "track: 7 runs created (3 rows, 4 replicates and trials), 0 rows already present"
    )
    assert set(json.loads(Path("mlflow/published.json").read_text())) == {FROZEN, FINETUNED, BASELINE}
