"""Tasks by the workers of a real Ray cluster: nodes of this machine, one of which does not see the run's folder."""

from tests.execution.ray_nodes import Nodes, can_hide, free_port  # isort: skip  # before Ray, which reads its token

import asyncio
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from embedding_bench.artifacts import corpus
from embedding_bench.core.errors import UserError
from embedding_bench.execution import cluster as clusters
from embedding_bench.execution import remote, shipping, tasks
from embedding_bench.execution.pool import Pool
from embedding_bench.execution.slots import Slots, Turn
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.models.canary import canary
from tests.conftest import ROOT

pytestmark = pytest.mark.heavy

AWAY = """
import asyncio, os, sys
from embedding_bench.core import errors
from embedding_bench.execution.cluster import connect
from embedding_bench.execution.pool import Pool
from embedding_bench.execution.slots import Slots
from embedding_bench.models.canary import canary

async def run(cluster):
    pool = Pool(Slots(1), Slots(0))
    async with pool.serving():
        staff = asyncio.create_task(cluster.staff(pool, dict(os.environ)))
        while not pool.workers and not staff.done():
            await asyncio.sleep(0.1)
        print("begun", flush=True)
        await staff

def main():
    with connect(sys.argv[1], None, 0, canary) as cluster:
        asyncio.run(run(cluster))

errors.run(main)
"""


class Run:
    """A run on a cluster of two nodes that compute alike, and one that does not, in a thread of its own.

    Attributes:
        folder: One that the node `elsewhere` does not see.
        errors: What was printed to standard error until both good nodes had a worker.
    """

    def __init__(self, cluster: clusters.Cluster, folder: Path) -> None:
        self.cluster, self.folder = cluster, folder
        self.slots = Slots(1)
        self.pool = Pool(self.slots, Slots(0))
        self.loop = asyncio.new_event_loop()
        self.ready, self.over = threading.Event(), asyncio.Event()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=[self._serve()])

    async def _serve(self) -> None:
        async with self.pool.serving():
            staff = asyncio.create_task(self.cluster.staff(self.pool, dict(os.environ)))
            while len(self.pool.workers) < 2 or not self.cluster.refused:
                assert not staff.done(), staff
                await asyncio.sleep(0.1)
            self.ready.set()
            await self.over.wait()
            staff.cancel()

    def __enter__(self) -> Self:
        self.thread.start()
        assert self.ready.wait(90)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.over.set)
        self.thread.join()

    def tasks(self, made: list[Task]) -> list[Any]:
        """Run tasks as a stage does."""
        asyncio.run_coroutine_threadsafe(self.slots.acquire(Turn.STAGE), self.loop).result()
        try:
            return list(execute(made))
        finally:
            time.sleep(0.2)  # until the server knows
            self.loop.call_soon_threadsafe(self.slots.release)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder, logs = tmp_path_factory.mktemp("hidden"), tmp_path_factory.mktemp("logs")
    with Nodes(logs) as nodes, pytest.MonkeyPatch.context() as patch, pytest.MonkeyPatch.context() as printed:
        nodes.start("head")
        nodes.start("elsewhere", hide=folder if can_hide() else None)
        nodes.start("old", OPENBLAS_CORETYPE="Nehalem")
        with clusters.connect(nodes.address, None, 0, canary) as cluster:
            errors = io.StringIO()
            printed.setattr("sys.stderr", errors)
            with Run(cluster, folder) as running:
                printed.undo()
                running.errors = errors.getvalue()
                patch.setenv(tasks.WORKERS, running.pool.address)
                yield running


def test_results_come_in_order_from_all_nodes(run):
    found = run.tasks([Task(f"group {k}", pow, (k, 2)) for k in range(20)])
    assert found == [k**2 for k in range(20)]


def test_a_node_that_computes_differently_is_refused_by_name(run):
    assert len(run.cluster.refused) == 1
    (warning,) = (line for line in run.errors.splitlines() if line.startswith("warning"))
    assert "(old) gets no work: its canary is" in warning
    assert warning.endswith("is expected: it computes differently")


def test_inputs_reach_a_node_that_does_not_see_them(run):
    if not can_hide():
        pytest.skip("this user may not give a process its own mounts")
    inner = run.folder / "input" / "deep"
    inner.mkdir(parents=True)
    (inner / "text").write_text("content")
    (run.folder / "single").write_text("alone")
    for name, part, content in (("input", "deep/text", "content"), ("single", "", "alone")):
        found = set(run.tasks([Task("where", str, (), (run.folder / name,))] * 6))
        (copy,) = (Path(path) for path in found if shipping.PREFIX in path)
        assert found == {str(copy), str(run.folder / name)}  # the other node sees the original
        assert copy.name == name
        assert (copy / part).read_text() == content
    (inner / "text").write_text("changed")
    assert set(run.tasks([Task("where", Path.read_text, (), (inner / "text",))] * 6)) == {"changed"}


def test_a_large_input_travels_in_pieces(run, monkeypatch):
    monkeypatch.setattr(remote, "PIECE", 1000)
    content = os.urandom(3500)
    (run.folder / "large").write_bytes(content)
    assert set(run.tasks([Task("large", Path.read_bytes, (), (run.folder / "large",))] * 6)) == {content}


def test_a_mistake_and_a_bug_in_a_worker_arrive_as_such(run, tmp_path):
    with pytest.raises(UserError, match="no such file; run `dvc repro`"):
        run.tasks([Task("mistake", corpus.read_summary, (), (tmp_path,))])
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run.tasks([Task("bug", divmod, (1, 0))])


def test_a_task_that_kills_its_workers_ends_in_one_line_and_others_are_hired(run):
    with pytest.raises(UserError, match=r"a worker ended on .* before its task was done, 2 times"):
        run.tasks([Task("deadly", os._exit, (1,))])
    assert run.tasks([Task("after", pow, (3, 2))]) == [9]


def test_a_cluster_that_ends_during_the_run_is_one_line(tmp_path):
    with Nodes(tmp_path) as nodes:
        nodes.start("head")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        run = subprocess.Popen(
            [sys.executable, "-c", AWAY, nodes.address], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert run.stdout
        assert run.stdout.readline() == b"begun\n"
        nodes.kill("head")
        _, shown = run.communicate(timeout=150)  # Ray waits for a minute if it is asked in the moment of the end
    assert run.returncode == 2
    (line,) = shown.decode().splitlines()
    assert line.startswith("error: the Ray cluster at ")
    assert line.endswith(f":{nodes.port} does not answer any more; run again when it does")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1:{port}", "nothing answers there .*refused.*"),
        ("127.0.0.1:99999", "nothing answers there .*"),
        ("auto", "no Ray cluster with this machine's token answers there within .* seconds"),
        ("nowhere", ".*nowhere.*"),
    ],
)
def test_an_address_without_a_cluster_is_one_line(address, why, monkeypatch):
    address = address.format(port=free_port())
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{free_port()}")  # of `auto`
    monkeypatch.setattr(clusters, "START", 5)
    with (
        pytest.raises(
            UserError,
            match=rf"^--on {address}: {why}; start one with `ray start --head`, and set RAY_AUTH_MODE here as there$",
        ),
        clusters.connect(address, None, 0, canary),
    ):
        pass


def test_without_ray_the_extra_is_named():
    code = (
        "import sys; sys.modules['ray'] = None\n"
        "from embedding_bench.core import errors\n"
        "from embedding_bench.project.running import Machines, _run_stages\n"
        "errors.run(lambda: _run_stages(None, 1, Machines('auto')))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 2
    assert run.stderr.startswith("error: Ray is not installed, which a cluster needs: pip install 'embedding-bench[clu")


def test_a_run_that_has_worked_waits_for_nodes_though_one_was_refused(monkeypatch):
    """Without Ray: the nodes, and what they compute, are given."""
    found: list[list[clusters.Node]] = [[]]
    monkeypatch.setattr(clusters, "PATIENCE", 3)
    monkeypatch.setattr(clusters, "POLL", 0.1)
    cluster = clusters.Cluster("127.0.0.1:1", None, 0, canary)

    async def answers(address: str) -> bool:
        return True

    async def nodes() -> list[clusters.Node]:
        return found[0]

    async def run_alone(*_: Any) -> str:
        return "same"

    monkeypatch.setattr(clusters, "answers", answers)
    monkeypatch.setattr(cluster, "_nodes", nodes)
    monkeypatch.setattr("embedding_bench.execution.processes.run_alone", run_alone)
    cluster.refused = {"old"}

    async def run() -> float:
        pool = Pool(Slots(1), Slots(0))
        staff = asyncio.create_task(cluster.staff(pool, {}))
        pool.workers.add(remote.Remote(None, clusters.Node("n", "n", "n:1", 1), cluster.store))
        await asyncio.sleep(0.3)
        pool.workers.clear()
        start = time.monotonic()
        with pytest.raises(UserError, match="no node with a core"):
            await staff
        return time.monotonic() - start

    assert asyncio.run(run()) > 2


def test_an_input_that_all_workers_ask_for_is_put_once(tmp_path, monkeypatch):
    put = []

    def slowly(piece: bytes) -> int:
        time.sleep(0.05)
        put.append(piece)
        return len(put)

    monkeypatch.setattr(remote.ray, "put", slowly)
    (tmp_path / "input").write_bytes(b"text")
    store, manifest = remote.Store(), shipping.describe(tmp_path / "input")

    async def ask() -> list[Any]:
        return await asyncio.gather(*(store.put(manifest) for _ in range(8)))

    assert asyncio.run(ask()) == [{"": [1]}] * 8


def test_a_full_object_store_is_a_mistake_that_says_what_to_do(tmp_path, monkeypatch):
    def full(piece: bytes) -> None:
        raise remote.ray.exceptions.ObjectStoreFullError("full")

    monkeypatch.setattr(remote.ray, "put", full)
    (tmp_path / "input").write_bytes(b"text")
    with pytest.raises(UserError, match=r"input: Ray's object store does not take it .* --object-store-memory"):
        asyncio.run(remote.Store().put(shipping.describe(tmp_path / "input")))
