"""What made a run: commit, machine, versions, seconds and memory.

It differs from run to run, so that no hashed file has it.
"""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from embedding_bench.core import timing
from embedding_bench.core.files import whole
from embedding_bench.reporting.page import join_made
from embedding_bench.settings.complete import Settings

NOTHING = {"microseconds_per_text": 0.0}  # baselines count their n-grams themselves
INDEX = Path("reports/index.html")
PACKAGES = ("tensorflow", "keras", "gensim", "scikit-learn", "numpy", "tensorflow-datasets", "dvc", "mlflow")


def describe_run(found: Settings, data: Path, metrics: Path) -> dict[str, Any]:
    """Collect what is known of the run whose outputs stand here."""
    timed = {name: timing.read(name, outputs) for name, outputs in timed_outputs(found, data, metrics)}
    return {
        "commit": made_by(metrics),
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
            *(cost(v.name, timed[f"train@{v.name}"], timed[f"vectorize@{v.vectorizer}"]) for v in found.run.variants),
            *(cost(name, timed[f"baseline@{name}"], NOTHING) for name in found.run.baselines),
        ],
    }


def cost(name: str, figures: dict[str, Any], cutting: dict[str, Any]) -> dict[str, Any]:
    """Say what a row costs: the time from a text to its answer, and that of training on all labels; None if unknown."""
    key = "microseconds_per_text"
    return {
        "variant": name,
        key: round(figures[key] + cutting[key], 2) if key in figures and key in cutting else None,
        "training_seconds": figures.get("training_seconds"),
    }


def made_by(metrics: Path) -> str | None:
    """Name the commit whose code made the leaderboard; None where it was made elsewhere."""
    return timing.read("compare", [metrics / "leaderboard.json"]).get("commit")


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
        *((f"train@{variant.name}", [data / "scores" / variant.name]) for variant in found.run.variants),
        *((f"baseline@{name}", [data / "baselines" / name]) for name in found.run.baselines),
        *((f"projector@{v.name}", [data / "projector" / "tsv" / v.name]) for v in found.run.variants),
        ("intrinsic", [data / "intrinsic", metrics / "intrinsic.json"]),
        ("compare", [metrics / "leaderboard.json"]),
        ("export", [data / "export"]),
        ("report", [data / "report"]),
    ]


def versions() -> dict[str, str]:
    """Name the versions of Python and of the packages that results depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
