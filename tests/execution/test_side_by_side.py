"""A small graph, run by the real DVC."""

import os
import signal
import subprocess
import sys
import time

import pytest
from dvc.repo import Repo

from embedding_bench.core.errors import UserError
from embedding_bench.execution.graph import read_graph
from embedding_bench.execution.stages import run_stages
from embedding_bench.project import commands
from tests.conftest import ROOT

GRAPH = """
stages:
  first:
    cmd: echo 1 > first.txt
    outs: [first.txt]
  cell:
    matrix: {name: [a, b, c]}
    cmd: date +%s.%N > ${item.name}.start && sleep 2 && cp first.txt ${item.name}.txt && date +%s.%N > ${item.name}.end
    deps: [first.txt]
    outs: ["${item.name}.txt"]
  last:
    cmd: cat a.txt b.txt c.txt > last.txt
    deps: [a.txt, b.txt, c.txt]
    outs: [last.txt]
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of DVC, in which this process is."""
    monkeypatch.chdir(tmp_path)
    for command in (["git", "init", "--quiet"], ["dvc", "init", "--quiet"]):
        subprocess.run(command, check=True, env=commands.environment())
    (tmp_path / "dvc.yaml").write_text(GRAPH)
    return tmp_path


def run(jobs: int) -> bool:
    return run_stages(read_graph(), jobs, commands.environment())


def rerun() -> str:
    return subprocess.run(
        ["dvc", "repro"], check=True, capture_output=True, text=True, env=commands.environment()
    ).stdout


def test_ready_stages_run_side_by_side_and_dvc_finds_nothing_left(project):
    assert run(jobs=3)
    assert (project / "last.txt").read_text() == "1\n1\n1\n"
    starts, ends = ([float((project / f"{c}.{when}").read_text()) for c in "abc"] for when in ("start", "end"))
    assert sum(start < min(ends) for start in starts) > 1
    assert "Running stage" not in rerun()


def test_only_what_is_stale_runs(project):
    assert run(jobs=2)
    text = (project / "dvc.yaml").read_text()
    (project / "dvc.yaml").write_text(text.replace("cat a.txt", "cat first.txt a.txt"))
    before = (project / "a.end").stat().st_mtime_ns
    assert run(jobs=2)
    assert (project / "last.txt").read_text() == "1\n1\n1\n1\n"
    assert (project / "a.end").stat().st_mtime_ns == before


def test_a_failed_stage_stops_what_follows_and_keeps_what_is_done(project, capfd):
    text = (project / "dvc.yaml").read_text()
    (project / "dvc.yaml").write_text(text.replace("cat a.txt", "echo mistake >&2 && exit 3 && cat a.txt"))
    assert not run(jobs=2)
    shown = capfd.readouterr()
    assert "mistake" in shown.err
    assert "failed to reproduce 'last'" in shown.err
    assert "Updating lock file" not in shown.out
    assert not (project / "last.txt").exists()
    (project / "dvc.yaml").write_text(text)
    assert [line for line in rerun().splitlines() if line.startswith("Running")] == ["Running stage 'last':"]


def test_a_progress_bar_without_line_ends_shows_its_last_state(project, capfd):
    (project / "bar.py").write_text("for k in range(4000):\n    print(f'[====================> ] {k}', end=chr(13))\n")
    (project / "dvc.yaml").write_text(
        "stages:\n  one:\n    cmd: python bar.py && echo && touch out.txt\n    outs: [out.txt]\n"
    )
    assert run(jobs=2)
    assert capfd.readouterr().out.count("[====") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_run_ends_its_stages(project, number):
    (project / "dvc.yaml").write_text(
        "stages:\n  one:\n    cmd: touch begun && sleep 4 && touch late && touch out.txt\n    outs: [out.txt]\n"
    )
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))\n"
        "from embedding_bench.core import errors\n"
        "from embedding_bench.execution.graph import read_graph\n"
        "from embedding_bench.execution.stages import run_stages\n"
        "from embedding_bench.project import commands\n"
        "errors.run(lambda: run_stages(read_graph(), 2, commands.environment()))"
    )
    run_process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**commands.environment(), "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # also where a job in the background ignores it
    )
    while not (project / "begun").exists():
        time.sleep(0.1)
    run_process.send_signal(number)
    _, shown = run_process.communicate(timeout=20)
    assert run_process.returncode == 128 + number
    assert "Traceback" not in shown
    time.sleep(4.5)
    assert not (project / "late").exists()


def test_a_run_beside_another_says_so(project):
    (project / "dvc.yaml").write_text(GRAPH)
    with Repo().lock, pytest.raises(UserError, match="another command of DVC works in this folder"):
        read_graph()


def test_where_dvc_cannot_read_the_graph_it_says_so_itself(project):
    (project / "dvc.yaml").write_text("stages: [")
    assert read_graph() is None
    done = subprocess.run(["dvc", "repro"], check=False, capture_output=True, text=True, env=commands.environment())
    assert done.returncode
    assert "dvc.yaml" in done.stderr


def test_stages_do_not_see_an_address_of_another_run(project):
    (project / "dvc.yaml").write_text(
        'stages:\n  one:\n    cmd: echo "$EMBEDDING_BENCH_WORKERS" > out.txt\n    outs: [out.txt]\n'
    )
    os.environ["EMBEDDING_BENCH_WORKERS"] = "elsewhere"
    try:
        assert run(jobs=2)
    finally:
        del os.environ["EMBEDDING_BENCH_WORKERS"]
    assert (project / "out.txt").read_text().strip() not in ("", "elsewhere")
