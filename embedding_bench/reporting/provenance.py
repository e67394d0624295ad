"""Provenance of a run: commit, machine, versions, seconds and memory.

It differs between runs with the same results, so that no hashed file contains it.
"""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from embedding_bench.artifacts.layout import Layout
from embedding_bench.core import timing
from embedding_bench.core.files import read_json
from embedding_bench.settings.run import Run

NO_TOKENIZATION = {"microseconds_per_text": 0.0}  # baselines count their n-grams themselves
PACKAGES = (
    "embedding-bench",
    "tensorflow",
    "keras",
    "gensim",
    "scikit-learn",
    "numpy",
    "tensorflow-datasets",
    "optuna",
    "dvc",
    "mlflow",
)


def describe_run(layout: Layout, run: Run) -> dict[str, Any]:
    """Collect the provenance of the run whose outputs are in the project's folder."""
    timings = {name: _timings(name, outputs) for name, outputs in _timed_outputs(layout, run)}
    return {
        "commit": commit_of(layout),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
            "system": platform.system(),
            "canary": read_json(layout.canary) if layout.canary.exists() else None,
        },
        "versions": versions(),
        "stages": [
            {"stage": name, "seconds": values["seconds"], "peak_mb": values["peak_mb"]}
            for name, values in timings.items()
            if values
        ],
        "costs": [
            *(
                _cost(v.name, timings[f"train@{v.name}"], timings[f"vectorize@{v.vectorizer}"])
                for v in layout.variants(run)
            ),
            *(_cost(name, timings[f"baseline@{name}"], NO_TOKENIZATION) for name in run.baselines),
        ],
    }


def commit_of(layout: Layout) -> str | None:
    """Return the commit whose code wrote the leaderboard; None where another machine did."""
    return timing.read("compare", [layout.leaderboard]).get("commit")


def versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of the packages that results depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def _timings(name: str, outputs: list[Path]) -> dict[str, Any]:
    """Read the timings of a stage; empty where it has not run, as `dvc repro report` needs no export."""
    return timing.read(name, outputs) if all(output.exists() for output in outputs) else {}


def _cost(name: str, timings: dict[str, Any], tokenization: dict[str, Any]) -> dict[str, Any]:
    """Return microseconds from raw text to prediction, and seconds of training on all labels; None where unknown."""
    key = "microseconds_per_text"
    known = key in timings and key in tokenization
    return {
        "variant": name,
        key: round(timings[key] + tokenization[key], 2) if known else None,
        "training_seconds": timings.get("training_seconds"),
    }


def _timed_outputs(layout: Layout, run: Run) -> list[tuple[str, list[Path]]]:
    """List the stages of the run, each with the outputs that its timings belong to."""
    sources = [(vectorizer, vectors) for vectorizer in run.vectorizers for vectors in run.vectors]
    return [
        ("download", [layout.corpus]),
        *((f"vectorize@{name}", [layout.tokens(name)]) for name in run.vectorizers),
        *((f"vectors@{'-'.join(source)}", [layout.vectors(*source)]) for source in sources),
        *((f"embed@{'-'.join(source)}", [layout.embedding(*source)]) for source in sources),
        *((f"search@{variant.name}", [layout.search(variant.name)]) for variant in layout.variants(run)),
        *((f"search_baseline@{name}", [layout.search(name)]) for name in run.baselines),
        *((f"train@{variant.name}", [layout.scores(variant)]) for variant in layout.variants(run)),
        *((f"baseline@{name}", [layout.baseline(name)]) for name in run.baselines),
        ("projector", [layout.projections]),
        ("intrinsic", [layout.intrinsic, layout.intrinsic_metrics]),
        ("select", [layout.selection]),
        ("confirm", [layout.confirmed]),
        ("compare", [layout.leaderboard]),
        ("export", [layout.export]),
        ("report", [layout.report]),
    ]
