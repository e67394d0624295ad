from pathlib import Path

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.project import commands
from tests.conftest import ROOT


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """The settings and the input of a project, in which every program fails."""
    (tmp_path / "examples").mkdir()
    for name in ("dvc.yaml", "params.yaml", "examples/news.csv"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path


@pytest.fixture
def started(monkeypatch) -> list[tuple[str, ...]]:
    """Start no program, and collect their command lines; each ends with exit code 1."""
    lines: list[tuple[str, ...]] = []

    def run(*command: str, check: bool = True) -> int:
        assert not check
        lines.append(command)
        return 1

    monkeypatch.setattr(commands, "run", run)
    return lines


def test_init_names_the_next_command(run, tmp_path):
    output = run("init", str(tmp_path / "new"))
    assert f"cd {tmp_path / 'new'} && embedding-bench answer DATA.csv" in output
    assert (tmp_path / "new" / "dvc.yaml").is_file()


def test_check_summarises_the_run(run, project):
    assert run("check").startswith("check: 12 variants (2 vectors x 2 tunings x 4 encoders, 4 left out")


def test_repro_refuses_wrong_settings_before_dvc_runs(run, project, started):
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("replicates: 3", "replicates: 0"))
    with pytest.raises(UserError, match=r"training\.replicates: found 0"):
        run("repro")
    assert started == []


def test_a_stopped_repro_says_how_to_go_on(run, project, started):
    with pytest.raises(UserError, match="the run stopped, see above; after the remedy, the same command continues it"):
        run("repro")
    assert started == [("dvc", "repro")]


def test_publish_runs_the_stage_and_reports_its_failure(run, project, started):
    with pytest.raises(UserError, match="the runs were not published, see above"):
        run("publish")
    assert started == [("python", "-m", "stages.track", "--root", ".")]


def test_without_a_run_the_report_and_the_projector_name_the_command_that_makes_one(run, project, started):
    for command, path in (("report", r"data/report/page\.html"), ("projector", "data/projector")):
        with pytest.raises(UserError, match=rf"^{path}: no such .*; run `embedding-bench repro`, which writes it"):
            run(command)
    assert started == []


def test_pages_are_opened_on_the_port_that_is_asked_for(run, project, started):
    (project / "data/projector").mkdir(parents=True)
    for command, port in (("projector", "6007"), ("ui", "5001")):
        with pytest.raises(SystemExit, match="1"):  # the program's exit code
            run(command, "--port", port)
    assert started[0] == ("tensorboard", "--logdir", "data/projector", "--port", "6007")
    assert started[1][:3] == ("mlflow", "ui", "--backend-store-uri")
    assert started[1][3].endswith("/mlflow.db")
    assert started[1][4:] == ("--port", "5001")


@pytest.mark.parametrize("uri", ["http://user:secret@127.0.0.1:9", "https://user:secret@mlflow.example/sub"])
def test_a_server_shows_its_runs_itself(run, project, started, monkeypatch, uri):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert run("ui") == f"MLflow's own page shows the runs: {uri.replace('user:secret@', '')}\n"
    assert started == []


OUTSIDE = [
    ["preset"], ["preset", "ag_news"], ["publish"], ["check"], ["repro"], ["upgrade"], ["leaderboard"], ["report"],
    ["results"], ["champion", "1"], ["pr-comment"], ["projector"], ["ui"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", OUTSIDE, ids=" ".join)
def test_outside_a_project_a_command_names_the_one_that_creates_it(run, tmp_path, monkeypatch, started, arguments):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^no project here .*; enter one, or create it: embedding-bench init DIR$"):
        run(*arguments)
    assert started == []
    assert list(tmp_path.iterdir()) == []
