"""Tasks by real worker processes, which are sent from another thread, as from a stage."""

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.execution import frames, processes, tasks
from embedding_bench.execution.folders import LOCK
from embedding_bench.execution.pool import PREFIX, Pool
from embedding_bench.execution.slots import Slots, Turn
from embedding_bench.execution.tasks import Task, execute
from tests.conftest import ROOT


def by_workers(jobs: int, *stages: Sequence[Task], monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """Run the tasks of several stages, each of which holds a slot as DVC's calls do, and return their results."""

    async def run() -> list[list[Any]]:
        slots = Slots(jobs)
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"}
        pool = Pool(slots, slots, partial(processes.start, environment))

        async def stage(own: Sequence[Task]) -> list[Any]:
            await slots.acquire(Turn.STAGE)
            try:
                return await asyncio.to_thread(lambda: list(execute(own)))
            finally:
                slots.release()

        async with pool.serving():
            monkeypatch.setenv(tasks.WORKERS, pool.address)
            results = await asyncio.gather(*map(stage, stages))
        assert slots.free == jobs
        return results

    return asyncio.run(run())


def numbered(*values: int, group: str = "a") -> list[Task]:
    return [Task(group, pow, (value, 2)) for value in values]


def describe(folder: Path, seconds: float) -> tuple[str, int]:
    time.sleep(seconds)
    return (folder / "text").read_text(), os.getpid()


def fail(how: str) -> None:
    if how == "mistake":
        raise UserError("params.yaml: wrong")
    raise ValueError("a bug")


def die_once(marker: Path) -> str:
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def touch_after(marker: Path, seconds: float) -> None:
    time.sleep(seconds)
    marker.touch()


def make_unpicklable() -> object:
    return lambda: None


RUN = """
import asyncio, os, pickle, sys
sys.path.insert(0, {folder!r})
from pathlib import Path
from embedding_bench.execution import processes
from embedding_bench.execution.pool import Job
from embedding_bench.execution.tasks import Task
from test_pool import touch_after

async def run():
    worker = await processes.start({{**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}})
    task = pickle.dumps(Task("a", touch_after, (Path({marker!r}), 3.0)))
    asking = asyncio.create_task(worker.ask(Job("a", (), task)))
    await asyncio.sleep(1)
    print("begun", flush=True)
    await asking

asyncio.run(run())
"""
SLEEPER = """
import time
from embedding_bench.execution.tasks import Task, execute
list(execute([Task("a", time.sleep, (60,))]))
"""


def threads() -> str:
    return os.environ["TF_NUM_INTRAOP_THREADS"]


def test_without_workers_tasks_run_here_in_order(monkeypatch):
    monkeypatch.delenv(tasks.WORKERS, raising=False)
    assert list(execute(numbered(3, 1, 2))) == [9, 1, 4]


@pytest.mark.parametrize("jobs", [1, 2])
def test_workers_give_the_same_results_in_the_same_order(jobs, monkeypatch):
    stages = [numbered(*range(5)), numbered(7, 6, group="b"), []]
    assert by_workers(jobs, *stages, monkeypatch=monkeypatch) == [[0, 1, 4, 9, 16], [49, 36], []]


@pytest.mark.parametrize("most", [{"MOST_TASKS": 3}, {"MOST_BYTES": 100}])
def test_tasks_are_made_as_results_arrive(most, monkeypatch):
    for name, value in most.items():
        monkeypatch.setattr(tasks, name, value)
    made = []

    def make():
        for number in range(20):
            made.append(number)
            yield Task("a", pow, (number, 2))

    async def run() -> None:
        slots = Slots(2)
        pool = Pool(slots, slots, partial(processes.start, dict(os.environ)))
        async with pool.serving():
            monkeypatch.setenv(tasks.WORKERS, pool.address)
            await slots.acquire(Turn.STAGE)
            results, ahead = [], []

            def read():
                for result in execute(make()):
                    results.append(result)
                    ahead.append(len(made) - len(results))

            await asyncio.to_thread(read)
        assert results == [number**2 for number in range(20)]
        assert max(ahead) <= 3

    asyncio.run(run())


def test_a_worker_keeps_to_a_group_while_others_are_free(monkeypatch, tmp_path):
    (tmp_path / "text").write_text("read")
    stages = [[Task(group, describe, (tmp_path, 0.2))] * 3 for group in "ab"]
    first, second = by_workers(2, *stages, monkeypatch=monkeypatch)
    assert {text for text, _ in first + second} == {"read"}
    assert len({worker for _, worker in first}) == len({worker for _, worker in second}) == 1


def test_workers_share_a_group_when_there_is_no_other(monkeypatch, tmp_path):
    (tmp_path / "text").write_text("read")
    (results,) = by_workers(2, [Task("a", describe, (tmp_path, 0.5))] * 4, monkeypatch=monkeypatch)
    assert len({worker for _, worker in results}) == 2


def test_a_mistake_and_a_bug_arrive_as_such(monkeypatch):
    with pytest.raises(UserError, match="wrong"):
        by_workers(2, [Task("a", fail, ("mistake",))], monkeypatch=monkeypatch)
    with pytest.raises(RuntimeError, match="ValueError: a bug"):
        by_workers(2, [*numbered(1), Task("a", fail, ("bug",))], monkeypatch=monkeypatch)


def test_a_task_whose_worker_dies_is_tried_again(monkeypatch, tmp_path):
    marker = tmp_path / "died"
    results = by_workers(1, [Task("a", die_once, (marker,)), *numbered(2)], monkeypatch=monkeypatch)
    assert results == [["done", 4]]
    assert marker.exists()


def test_a_task_that_kills_its_workers_ends_in_one_line(monkeypatch):
    with pytest.raises(UserError, match=r"a worker ended with -9 .* 2 times; .*lower --jobs"):
        by_workers(1, [Task("a", die)], monkeypatch=monkeypatch)


def test_a_mistake_arrives_before_other_tasks_are_done_and_ends_them(monkeypatch, tmp_path):
    start, marker = time.monotonic(), tmp_path / "late"
    late = [Task("a", touch_after, (marker, 3.0))] * 3
    with pytest.raises(UserError, match="wrong"):
        by_workers(1, [Task("a", fail, ("mistake",)), *late], monkeypatch=monkeypatch)
    assert time.monotonic() - start < 3
    time.sleep(3.5)
    assert not marker.exists()


def test_a_result_that_cannot_be_sent_is_a_bug_and_no_dead_worker(monkeypatch):
    with pytest.raises(RuntimeError, match="pickle"):
        by_workers(1, [Task("a", make_unpicklable)], monkeypatch=monkeypatch)


def test_a_worker_that_cannot_be_started_ends_in_one_line(monkeypatch):
    async def refuse(environment: dict[str, str]) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(processes, "start", refuse)
    with pytest.raises(UserError, match=r"could not be started \(Cannot allocate memory\); .*lower --jobs"):
        by_workers(2, numbered(1, 2, 3), monkeypatch=monkeypatch)


def test_a_long_folder_for_temporary_files_is_named(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with pytest.raises(UserError, match="set TMPDIR to a folder with a shorter path"):
        by_workers(1, numbered(1), monkeypatch=monkeypatch)


def test_workers_end_when_their_run_is_killed(tmp_path):
    marker = tmp_path / "late"
    code = RUN.format(folder=str(Path(__file__).parent), marker=str(marker))
    run = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert run.stdout
    assert run.stdout.readline() == b"begun\n"
    run.kill()
    run.wait()
    time.sleep(3.5)
    assert not marker.exists()


def test_a_run_that_is_interrupted_leaves_no_worker(monkeypatch):
    started = []

    async def run() -> None:
        slots = Slots(1)
        pool = Pool(slots, slots, partial(processes.start, {**os.environ, "PYTHONPATH": str(ROOT)}))
        async with pool.serving():
            await slots.acquire(Turn.STAGE)
            monkeypatch.setenv(tasks.WORKERS, pool.address)
            stage = subprocess.Popen([sys.executable, "-c", SLEEPER], cwd=ROOT)
            while not pool.workers or not next(iter(pool.workers)).group:
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)
            started.extend(worker.process for worker in pool.workers)
            stage.kill()

    asyncio.run(run())
    assert [process.returncode is None for process in started] == [False]


def test_workers_compute_as_stages_do(monkeypatch):
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS")
    assert by_workers(1, [Task("a", threads)], monkeypatch=monkeypatch) == [["1"]]


def test_a_run_that_has_ended_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv(tasks.WORKERS, str(tmp_path / "workers"))
    with pytest.raises(UserError, match=r"EMBEDDING_BENCH_WORKERS: found .*, where no run has workers"):
        list(execute(numbered(1)))


def test_a_run_that_ends_meanwhile_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv(tasks.WORKERS, str(tmp_path / "workers"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "workers"))
        server.listen()
        closing = threading.Thread(target=lambda: server.accept()[0].close())
        closing.start()
        with pytest.raises(UserError, match="the run that had the workers has ended"):
            list(execute(numbered(*range(5000))))
        closing.join()


class Closing:
    """A connection whose other side closes once it has read a length."""

    def __init__(self, connection: socket.socket, other: socket.socket) -> None:
        self.connection, self.other = connection, other

    def sendall(self, data: bytes) -> None:
        self.connection.sendall(data)
        self.other.close()


def test_the_end_of_tasks_may_find_the_connection_closed():
    ours, theirs = socket.socketpair()
    with ours:
        frames.send(Closing(ours, theirs), tasks.END)


@pytest.mark.parametrize("delay", [0, 0.001, 0.01])
def test_a_stage_that_ends_while_its_worker_starts_keeps_no_slot(delay, monkeypatch):
    def made():
        yield Task("a", pow, (2, 2))
        time.sleep(delay)
        raise UserError("line 7 is wrong")

    async def run() -> None:
        slots = Slots(1)
        pool = Pool(slots, slots, partial(processes.start, dict(os.environ)))
        async with pool.serving():
            monkeypatch.setenv(tasks.WORKERS, pool.address)
            for _ in range(2):
                await asyncio.wait_for(slots.acquire(Turn.STAGE), 10)
                with pytest.raises(UserError, match="line 7"):
                    await asyncio.to_thread(lambda: list(execute(made())))
                await asyncio.sleep(0.5)  # until the server knows
                slots.release()

            await asyncio.wait_for(slots.acquire(Turn.STAGE), 10)
            slots.release()
        assert slots.free == 1

    asyncio.run(run())


def test_a_worker_whose_run_ends_with_its_task_says_nothing():
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "embedding_bench.execution.worker", str(theirs.fileno())]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE) as worker:
        theirs.close()
        frames.send(ours, pickle.dumps(Task("a", pow, (2, 2))))
        ours.close()
        assert worker.stderr.read() == b""


def test_the_folders_of_runs_that_were_killed_are_removed(monkeypatch):
    with tempfile.TemporaryDirectory(prefix="eb-") as short:  # a socket's path may have 107 bytes
        monkeypatch.setattr("tempfile.tempdir", short)
        killed = Path(short) / f"{PREFIX}killed"
        killed.mkdir()
        (killed / LOCK).touch()
        by_workers(1, numbered(2), monkeypatch=monkeypatch)
        assert list(Path(short).iterdir()) == []
