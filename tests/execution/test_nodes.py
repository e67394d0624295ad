"""Nodes of a real Ray cluster that die, or that cannot work."""

from tests.execution.ray_nodes import Nodes  # isort: skip  # before Ray, which reads its token

import asyncio
import os
import time
from functools import partial
from importlib import import_module
from typing import Any

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.execution import cluster as clusters
from embedding_bench.execution import tasks
from embedding_bench.execution.pool import Pool
from embedding_bench.execution.slots import Slots, Turn
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.models.canary import canary

pytestmark = pytest.mark.heavy


def hire(cluster: clusters.Cluster, seconds: float, workers: int = 10**6) -> Pool:
    """Staff a pool until it has so many workers, at most for some seconds; an error of staffing is raised."""

    async def staff() -> Pool:
        pool = Pool(Slots(1), Slots(0))
        async with pool.serving():
            staffing = asyncio.create_task(cluster.staff(pool, dict(os.environ)))
            end = time.monotonic() + seconds
            while len(pool.workers) < workers and not staffing.done() and time.monotonic() < end:
                await asyncio.sleep(0.1)
            if staffing.done():
                await staffing
            staffing.cancel()
        return pool

    return asyncio.run(staff())


def test_a_node_that_dies_with_an_idle_worker_fails_no_task(tmp_path, monkeypatch):
    with Nodes(tmp_path) as nodes:
        nodes.start("head", cores=0)
        nodes.start("two", cores=2)
        with clusters.connect(nodes.address, None, 0, canary) as cluster:

            async def run() -> list[Any]:
                slots = Slots(1)
                pool = Pool(slots, Slots(0))
                async with pool.serving():
                    staff = asyncio.create_task(cluster.staff(pool, dict(os.environ)))
                    while len(pool.workers) < 2:
                        assert not staff.done(), staff
                        await asyncio.sleep(0.1)
                    monkeypatch.setenv(tasks.WORKERS, pool.address)
                    await slots.acquire(Turn.STAGE)
                    asked = asyncio.create_task(asyncio.to_thread(lambda: list(execute([Task("a", time.sleep, (8,))]))))
                    await asyncio.sleep(2)
                    await asyncio.to_thread(nodes.kill, "two")
                    await asyncio.to_thread(nodes.start, "fresh")
                    found = await asyncio.wait_for(asked, 90)
                    staff.cancel()
                return found

            assert asyncio.run(run()) == [None]
            assert cluster.refused == set()


def test_workers_with_gpus_whose_canary_fails_end_in_one_line(tmp_path, capfd):
    with Nodes(tmp_path) as nodes:
        nodes.start("head", gpus=1)
        with (
            clusters.connect(nodes.address, None, 0.5, partial(import_module, "libcudnn")) as cluster,
            pytest.raises(UserError, match=r"has no node with 0\.5 GPUs that can work"),
        ):
            hire(cluster, 60)
    assert "gets no work: ModuleNotFoundError: No module named 'libcudnn'" in capfd.readouterr().err
