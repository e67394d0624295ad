"""Ours and a peer by turns, and what is kept of that."""

import json
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from embedding_bench.core.files import atomic_path, write_json

RESULTS = Path(__file__).with_name("results")
RUNS = 5
PACKAGES = ("tensorflow", "numpy", "pyarrow", "scikit-learn", "gensim")


class Measured(NamedTuple):
    """One comparison: what is measured in which unit, by turns, and the ratio ours / peer that is aimed at."""

    name: str
    what: str
    peer_name: str
    unit: str
    ours: list[float]
    peer: list[float]
    aim: float
    notes: dict[str, Any]

    @property
    def ratio(self) -> float:
        """Median of ours by median of the peer's."""
        return median(self.ours) / median(self.peer)

    @property
    def spread(self) -> tuple[float, float]:
        """Least and largest ratio of neighbouring runs."""
        ratios = [ours / peer for ours, peer in zip(self.ours, self.peer, strict=True)]
        return min(ratios), max(ratios)


def by_turns(ours: Callable[[], float], peer: Callable[[], float], runs: int = RUNS) -> tuple[list[float], list[float]]:
    """Run both alternately, once each unmeasured; each returns what it measured."""
    ours()
    peer()
    pairs = [(ours(), peer()) for _ in range(runs)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def machine() -> dict[str, Any]:
    """Say what measured: cores and versions."""
    return {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "versions": {name: version(name) for name in PACKAGES},
    }


def keep(found: Measured) -> None:
    """Write a comparison to benchmarks/results/ and print it in a line."""
    low, high = found.spread
    record = {
        **found._asdict(),
        "ratio": round(found.ratio, 4),
        "spread": [round(low, 4), round(high, 4)],
        **machine(),
    }
    for side in ("ours", "peer"):
        record[side] = [round(value, 4) for value in record[side]]
    RESULTS.mkdir(exist_ok=True)
    with atomic_path(RESULTS / f"{found.name}.json") as path:
        write_json(path, record)
    print(
        f"{found.what}: ours {median(found.ours):.3g} {found.unit}, {found.peer_name} {median(found.peer):.3g} "
        f"{found.unit}: ratio {found.ratio:.2f} ({low:.2f} to {high:.2f}), aim {found.aim:.2f} "
        f"{'reached' if found.ratio <= found.aim else 'missed'} {json.dumps(found.notes)}",
        flush=True,
    )
