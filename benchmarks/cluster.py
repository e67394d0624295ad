"""The speed-up of workers, measured on cells and simulated for whole boards, and what a cell costs beside training.

The cells of `train` with word2vec vectors of the sample corpus run in a fresh clone: in one process, by plain DVC, and
by one and two workers of one thread, as processes and, where Ray is installed, as its actors. The simulation hands the
recorded trainings of published boards to workers in their order; it leaves out the stages before and after training.
"""

import argparse
import heapq
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.measuring import RESULTS, machine
from embedding_bench.core.files import read_json, save_json
from embedding_bench.execution.graph import Graph
from embedding_bench.execution.stages import run_stages
from embedding_bench.project import commands
from embedding_bench.project.params_file import change

os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))  # of the nodes and of this process

ROOT = Path(__file__).parent.parent
CHANGES: dict[str, Any] = {"run": {"vectors": ["word2vec"], "baselines": ["majority"]}}
VARIANTS = [
    f"words-word2vec-{tuning}-{encoder}" for tuning in ("frozen", "finetuned") for encoder in ("mean", "bilstm")
]
CELLS = [f"train@{variant}" for variant in VARIANTS]
GRAPH = Graph({name: set() for name in CELLS}, set(CELLS))
PORT = 6397
BOARDS = {"AG News (38.8k texts)": "ag_news_subset", "IMDb": "imdb_reviews"}
WORKERS = [1, 2, 4, 8, 16, 32, 64]
AIM = 0.85


def prepare(folder: Path) -> Path:
    """Clone the project, and run what the cells need."""
    clone = folder / "prepared"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    params = clone / "params.yaml"
    params.write_text(change(params.read_text(), CHANGES))
    subprocess.run(["dvc", "repro", "search"], cwd=clone, env=commands.environment(), check=True)
    return clone


@contextmanager
def copy(prepared: Path) -> Iterator[Path]:
    """Work in a copy of the prepared clone, so that no cell is cached."""
    folder = Path(shutil.copytree(prepared, prepared.with_name("copy"), symlinks=True))
    back = Path.cwd()
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(back)
        shutil.rmtree(folder)


def alone(prepared: Path) -> float:
    """Train all replicates in one process: the seconds of training alone."""
    with copy(prepared):
        command = [sys.executable, "-m", "benchmarks.alone", *VARIANTS]
        shown = subprocess.run(command, env=commands.environment(), check=True, capture_output=True)
        return float(shown.stdout.split()[-1])


def by_dvc(prepared: Path) -> float:
    """Run the cells by plain DVC, one after the other."""
    with copy(prepared):
        start = time.perf_counter()
        subprocess.run(["dvc", "repro", "--single-item", *CELLS], env=commands.environment(), check=True)
        return time.perf_counter() - start


def by_processes(prepared: Path, workers: int) -> float:
    """Run the cells by processes of this machine."""
    with copy(prepared):
        start = time.perf_counter()
        succeeded = run_stages(GRAPH, workers, commands.environment())
        return _seconds(start, succeeded)


def by_ray(prepared: Path, workers: int) -> float:
    """Run the cells by a Ray cluster of one node with so many cores, which is started and ended here."""
    from embedding_bench.execution.cluster import connect
    from embedding_bench.models.canary import canary

    options = f"--head --port={PORT} --num-cpus={workers} --include-dashboard=false --disable-usage-stats"
    with copy(prepared):
        command = ["ray", "start", "--block", *options.split()]
        node = subprocess.Popen(command, env=commands.environment(), stdout=subprocess.PIPE, text=True)
        try:
            if not any("Ray runtime started" in line for line in node.stdout or []):
                raise RuntimeError("Ray did not start")
            time.sleep(5)  # its head settles
            start = time.perf_counter()
            with connect(f"127.0.0.1:{PORT}", workers, 0, canary) as cluster:
                succeeded = run_stages(GRAPH, workers, commands.environment(), cluster)
            return _seconds(start, succeeded)
        finally:
            node.terminate()
            node.wait()


def _seconds(start: float, succeeded: bool) -> float:
    if not succeeded:
        raise RuntimeError("a cell failed, see above")
    return time.perf_counter() - start


def simulate(cells: list[list[float]], confirmed: list[list[float]], workers: int, overhead: float) -> float:
    """Return the seconds of a board whose tasks workers take in their order, and then those of `confirm`."""
    return _schedule(cells, workers, overhead) + _schedule(confirmed, workers, overhead)


def _schedule(cells: list[list[float]], workers: int, overhead: float) -> float:
    """Hand tasks to whoever is free (list scheduling; Graham, 1969); a cell costs its worker `overhead` once."""
    free = [0.0] * workers
    for cell in cells:
        for number, seconds in enumerate(cell):
            heapq.heappush(free, heapq.heappop(free) + seconds + (0 if number else overhead))
    return max(free)


def boards(overhead: float) -> list[dict[str, Any]]:
    """Simulate published boards, from the seconds of their trainings on all of train, which had one core."""
    rows = []
    for title, name in BOARDS.items():
        board = read_json(ROOT / "results" / f"{name}.json")
        count = board["settings"]["training"]["replicates"]
        seconds = [row["seconds"] for row in board["seconds"].values()]
        replicates = [[total / count] * count for total in seconds]
        slowest = sorted(replicates)[-2:]
        whole, twice = [[sum(cell)] for cell in replicates], [[sum(cell)] for cell in slowest]
        for workers in WORKERS:
            rows.append(
                {
                    "board": title,
                    "workers": workers,
                    "cells_seconds": round(simulate(whole, twice, workers, overhead)),
                    "replicates_seconds": round(simulate(replicates, slowest, workers, overhead)),
                }
            )
    return rows


def table(result: dict[str, Any]) -> str:
    """Format measurements and simulation as Markdown tables."""
    lines = [
        "| measured: 4 cells, 12 trainings | 1 worker | 2 workers | T1 / (2 x T2) | aim |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for kind, label in (("processes", "processes"), ("ray", "Ray actors")):
        if kind in result["measured"]:
            one, two = result["measured"][kind]
            lines.append(f"| {label} | {one:.0f} s | {two:.0f} s | {one / two / 2:.2f} | {AIM} |")
    lines += [
        "",
        "| simulated | " + " | ".join(f"{n} workers" for n in WORKERS) + " |",
        "| --- |" + " ---: |" * len(WORKERS),
    ]
    for title in BOARDS:
        own = [row for row in result["simulated"] if row["board"] == title]
        first = own[0]["replicates_seconds"]
        for kind, label in (("cells", "whole cells"), ("replicates", "replicates")):
            cells = [f"{row[f'{kind}_seconds'] / 60:.0f} min, {first / row[f'{kind}_seconds']:.1f} x" for row in own]
            lines.append(f"| {title}, {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure, simulate, print, and write benchmarks/results/cluster.json."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        prepared = prepare(Path(scratch))
        training, dvc = alone(prepared), by_dvc(prepared)
        measured = {"processes": [by_processes(prepared, workers) for workers in (1, 2)]}
        if find_spec("ray"):
            measured["ray"] = [by_ray(prepared, workers) for workers in (1, 2)]
    beside = {"dvc": (dvc - training) / len(CELLS), "processes": (measured["processes"][0] - training) / len(CELLS)}
    result = {
        "training_seconds": round(training, 1),
        "measured": {kind: [round(value, 1) for value in values] for kind, values in measured.items()},
        "beside_training_seconds_a_cell": {kind: round(value, 2) for kind, value in beside.items()},
        "simulated": boards(beside["processes"]),
        **machine(),
    }
    save_json(RESULTS / "cluster.json", result)
    print(json.dumps(result["beside_training_seconds_a_cell"]))
    print(table(result))


if __name__ == "__main__":
    main()
