"""A whole `dvc repro` of the sample corpus in a fresh clone: start-up, compute and DVC's overhead by stage.

DVC runs `python`, which is here a script that records times. The time from the end of a command to the beginning of the
next is DVC's: hashing outputs, copying them to its cache, and writing dvc.lock.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.launched import BEGAN, NOTES
from benchmarks.measuring import RESULTS, machine
from embedding_bench.core.files import save_json

ROOT = Path(__file__).parent.parent
WITH_TENSORFLOW = ("vectorize", "train", "export")
AIMS = {True: 5.0, False: 1.0}  # seconds of start-up and DVC, with TensorFlow and without


class Timed(NamedTuple):
    """Seconds of one cell of the graph."""

    stage: str
    start_up: float
    compute: float
    dvc: float


def run(folder: Path) -> list[Timed]:
    """Clone the project, run all its stages with DVC, and return the times of each cell."""
    subprocess.run(["git", "clone", "--quiet", ROOT, folder / "clone"], check=True)
    launcher, notes = folder / "python", folder / "notes"
    launcher.write_text(f'#!/bin/bash\n{BEGAN}=$(date +%s.%N) exec "{sys.executable}" -m benchmarks.launched "$@"\n')
    launcher.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(folder / "clone"),
        NOTES: str(notes),
    }
    begun: list[tuple[str, float]] = []
    command = subprocess.Popen(
        ["dvc", "repro"], cwd=folder / "clone", env=environment, text=True, stdout=subprocess.PIPE
    )
    for line in command.stdout or []:
        if line.startswith("Running stage"):
            begun.append((line.split("'")[1], time.time()))
            print(line.strip(), flush=True)
    if command.wait():
        raise subprocess.CalledProcessError(command.returncode, "dvc repro")
    ends = [start for _, start in begun[1:]] + [time.time()]
    measured = [json.loads(line) for line in notes.read_text().splitlines()]
    return [
        Timed(stage, own["start_up"], own["compute"], end - start - own["start_up"] - own["compute"])
        for (stage, start), end, own in zip(begun, ends, measured, strict=True)
    ]


def summarise(times: list[Timed]) -> list[dict[str, float | int | str]]:
    """Compute the medians over the cells of each stage."""
    groups: dict[str, list[Timed]] = {}
    for timed in times:
        groups.setdefault(timed.stage.partition("@")[0], []).append(timed)
    rows: list[dict[str, float | int | str]] = []
    for stage, cells in groups.items():
        start_up = round(median(cell.start_up for cell in cells), 2)
        compute = round(median(cell.compute for cell in cells), 2)
        dvc = round(median(cell.dvc for cell in cells), 2)
        aim = AIMS[stage in WITH_TENSORFLOW]
        rows.append(
            {"stage": stage, "cells": len(cells), "start_up": start_up, "compute": compute, "dvc": dvc, "aim": aim}
        )
    return rows


def main() -> None:
    """Run, print, and write benchmarks/results/repro.json."""
    with tempfile.TemporaryDirectory() as scratch:
        start = time.time()
        rows = summarise(run(Path(scratch)))
        seconds = round(time.time() - start, 1)
    for row in rows:
        print(json.dumps(row))
    save_json(RESULTS / "repro.json", {"seconds": seconds, "stages": rows, **machine()})


if __name__ == "__main__":
    main()
