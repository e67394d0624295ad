"""Blocks of a large corpus: `download` and `vectorize` on a CSV file, alone and by two workers.

Alone, a stage cleans or encodes one block after the other. Both ways must write the same bytes. Memory is the largest
sum over the processes of a stage and its workers, where pages that they share count for each.
"""

import argparse
import asyncio
import contextlib
import csv
import hashlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from benchmarks.measuring import RESULTS, machine
from embedding_bench.core.files import save_json
from embedding_bench.corpus.sample.generator import LABELS, generate
from embedding_bench.execution import processes
from embedding_bench.execution.pool import Pool
from embedding_bench.execution.slots import Slots, Turn
from embedding_bench.execution.tasks import WORKERS
from embedding_bench.project.params_file import change
from embedding_bench.settings.complete import parse_settings
from embedding_bench.settings.datasets import SampleDataset

ROOT = Path(__file__).parent.parent
TEXTS = 10**7
STAGES = {
    "download": ["--dataset", "table", "--out", "data/corpus"],
    "vectorize": ["--vectorizer", "words", "--corpus", "data/corpus", "--out", "data/tokens/words"],
}


class Memory(threading.Thread):
    """Watches how many bytes this process's children use."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.over = 0, threading.Event()

    def run(self) -> None:
        """Look five times a second."""
        while not self.over.wait(0.2):
            used = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    used += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.most = max(self.most, used)


def write_input(folder: Path, texts: int) -> None:
    """Write params.yaml and a CSV file of generated texts."""
    text = (ROOT / "params.yaml").read_text()
    sample = parse_settings(text).datasets["sample"]
    if not isinstance(sample, SampleDataset):
        raise TypeError("datasets.sample of params.yaml is no sample corpus")
    with (folder / "texts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for batch in generate("train", sample.model_copy(update={"train": texts})):
            labels = [LABELS[label] for label in batch["label"].to_pylist()]
            writer.writerows(zip(batch["text"].to_pylist(), labels, strict=True))
    (folder / "params.yaml").write_text(change(text, {"dataset": "table", "input": "texts.csv"}))


async def run(folder: Path, stage: str, workers: int) -> None:
    """Run a stage, by itself or with workers."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DVC_ROOT": str(folder)}
    slots = Slots(max(workers, 1))
    pool = Pool(slots, slots, partial(processes.start, environment))
    async with pool.serving():
        await slots.acquire(Turn.STAGE)
        started = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", f"stages.{stage}", *STAGES[stage]),
            env={**environment, **({WORKERS: pool.address} if workers else {})},
        )
        if await started.wait():
            raise RuntimeError(f"{stage} failed, see above")


def measure(folder: Path, workers: int) -> dict[str, Any]:
    """Run both stages anew; return seconds and MB of each, and a hash of all that they wrote."""
    shutil.rmtree(folder / "data", ignore_errors=True)
    (folder / "data/tokens").mkdir(parents=True)
    measured: dict[str, Any] = {"workers": workers}
    for stage in STAGES:
        memory, start = Memory(), time.perf_counter()
        memory.start()
        asyncio.run(run(folder, stage, workers))
        measured[stage] = {"seconds": round(time.perf_counter() - start, 1), "mb": round(memory.most / 1e6)}
        memory.over.set()
        print(json.dumps({"workers": workers, stage: measured[stage]}), flush=True)
    digest = hashlib.sha256()
    for path in sorted(path for path in (folder / "data").rglob("*") if path.is_file()):
        digest.update(path.name.encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    measured["bytes"] = digest.hexdigest()[:12]
    return measured


def table(result: dict[str, Any]) -> str:
    """Format the measurements as a Markdown table."""
    alone, shared = result["runs"]
    same = "the same bytes" if alone["bytes"] == shared["bytes"] else "OTHER BYTES"
    lines = [f"| {result['texts']:,} texts | alone | 2 workers | gain | {same} |", "| --- | ---: | ---: | ---: | --- |"]
    for stage in STAGES:
        cells = [f"{each[stage]['seconds']:.0f} s, {each[stage]['mb']:,} MB" for each in (alone, shared)]
        lines.append(
            f"| {stage} | {' | '.join(cells)} | {alone[stage]['seconds'] / shared[stage]['seconds']:.2f} x | |"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, print, and write benchmarks/results/blocks.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=TEXTS)
    texts = parser.parse_args().texts
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):  # where stages and workers are
        write_input(Path(scratch), texts)
        runs = [measure(Path(scratch), workers) for workers in (0, 2)]
    result = {"texts": texts, "runs": runs, **machine()}
    save_json(RESULTS / "blocks.json", result)
    print(table(result))


if __name__ == "__main__":
    main()
