"""What made a run: commit, machine, versions, seconds and memory.

It differs from run to run, so that no hashed file has it.
"""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from stages.core import timing
from stages.core.artifacts.files import whole
from stages.core.settings import Settings
from stages.reporting.page import join_made

INDEX = Path("reports/index.html")
PACKAGES = ("tensorflow", "keras", "gensim", "scikit-learn", "numpy", "tensorflow-datasets", "dvc", "mlflow")


def describe_run(found: Settings, data: Path, metrics: Path) -> dict[str, Any]:
    """Collect what is known of the run whose outputs stand here."""
    timed = {name: timing.read(name, outputs) for name, outputs in timed_outputs(found, data, metrics)}
    return {
        "commit": commit(),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
            "system": platform.system(),
        },
        "versions": versions(),
        "stages": [
            {"stage": name, "seconds": figures["seconds"], "peak_mb": figures["peak_mb"]}
            for name, figures in timed.items()
            if figures
        ],
        "costs": [
            {
                "variant": name.partition("@")[2],
                "microseconds_per_text": figures["microseconds_per_text"],
                "training_seconds": figures["seconds"],
            }
            for name, figures in timed.items()
            if "microseconds_per_text" in figures
        ],
    }


def write_index(found: Settings, data: Path, metrics: Path) -> Path:
    """Write reports/index.html: the page of data/report, with what made it."""
    page = (data / "report" / "page.html").read_text(encoding="utf-8")
    place = timing.project_root() / INDEX
    with whole(place) as path:
        path.write_text(join_made(page, describe_run(found, data, metrics)), encoding="utf-8")
    return INDEX


def timed_outputs(found: Settings, data: Path, metrics: Path) -> list[tuple[str, list[Path]]]:
    """Name the stages of the run, each with the outputs that its times belong to."""
    sources = [f"{vectorizer}-{vectors}" for vectorizer in found.run.vectorizers for vectors in found.run.vectors]
    return [
        ("download", [data / "corpus"]),
        *((f"vectorize@{name}", [data / "tokens" / name]) for name in found.run.vectorizers),
        *((f"vectors@{name}", [data / "vectors" / name]) for name in sources),
        *((f"embed@{name}", [data / "embeddings" / name]) for name in sources),
        *((f"train@{variant.name}", [data / "scores" / variant.name]) for variant in found.variants),
        *((f"baseline@{name}", [data / "baselines" / name]) for name in found.run.baselines),
        *((f"projector@{v.name}", [data / "projector" / "tsv" / v.name]) for v in found.variants),
        ("intrinsic", [data / "intrinsic", metrics / "intrinsic.json"]),
        ("compare", [metrics / "leaderboard.json"]),
        ("export", [data / "export"]),
        ("report", [data / "report"]),
    ]


def versions() -> dict[str, str]:
    """Name the versions of Python and of the packages that results depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def commit() -> str | None:
    """Name the commit of the code; None outside a repository."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None
