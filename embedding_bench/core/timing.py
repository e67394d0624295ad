"""Seconds and memory of stages, outside everything that DVC hashes.

`timings/<hash>.json` in the project's root belongs to the outputs with that hash: results that DVC restores from its
cache keep the times of the run that computed them.
"""

import hashlib
import os
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embedding_bench.core.files import read_json, save_json


@contextmanager
def timed(name: str, outputs: list[Path]) -> Iterator[dict[str, Any]]:
    """Time the block that writes a stage's outputs; the caller may add entries to the dict."""
    times: dict[str, Any] = {}
    start = time.perf_counter()
    yield times
    peak_mb = max(times.get("peak_mb", 0), peak_megabytes())  # of this process, or of a worker
    times |= {"stage": name, "seconds": round(time.perf_counter() - start, 3), "peak_mb": peak_mb}
    save_json(_path(name, outputs), times)


def read(name: str, outputs: list[Path]) -> dict[str, Any]:
    """Read the times of a stage's outputs; empty where they were computed on another machine."""
    path = _path(name, outputs)
    return read_json(path) if path.exists() else {}


def project_root() -> Path:
    """Return the real project's folder, also under `dvc exp run --temp`, which works elsewhere."""
    return Path(os.environ.get("DVC_ROOT", "."))


def _path(name: str, outputs: list[Path]) -> Path:
    digest = hashlib.sha256(name.encode())
    for output in outputs:
        for path in _files(output):
            digest.update(path.relative_to(output).as_posix().encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return project_root() / "timings" / f"{digest.hexdigest()[:32]}.json"


def _files(output: Path) -> Iterable[Path]:
    return sorted(path for path in output.rglob("*") if path.is_file()) if output.is_dir() else [output]


def peak_megabytes() -> int:
    """Return the process's peak resident memory in MB; macOS counts it in bytes, Linux in KiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1_000_000 if sys.platform == "darwin" else 1_000)
