"""Alternating measurement of ours and a peer, and its record."""

import json
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from embedding_bench.core.files import save_json

RESULTS = Path(__file__).with_name("results")
RUNS = 5
PACKAGES = ("tensorflow", "numpy", "pyarrow", "scikit-learn", "gensim")


class Measured(NamedTuple):
    """One comparison: alternating measurements of ours and of the peer in `unit`, and the aimed ratio ours / peer."""

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
        """Median of ours divided by the peer's."""
        return median(self.ours) / median(self.peer)

    @property
    def spread(self) -> tuple[float, float]:
        """Smallest and largest ratio of adjacent runs."""
        ratios = [ours / peer for ours, peer in zip(self.ours, self.peer, strict=True)]
        return min(ratios), max(ratios)


def by_turns(ours: Callable[[], float], peer: Callable[[], float], runs: int = RUNS) -> tuple[list[float], list[float]]:
    """Run both alternately, after one unmeasured run each; each function returns its own measurement."""
    ours()
    peer()
    pairs = [(ours(), peer()) for _ in range(runs)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def machine() -> dict[str, Any]:
    """Describe the machine: cores and versions."""
    return {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "versions": {name: version(name) for name in PACKAGES},
    }


def keep(measured: Measured) -> None:
    """Write a comparison to benchmarks/results/ and print it as one line."""
    low, high = measured.spread
    record = {
        **measured._asdict(),
        "ratio": round(measured.ratio, 4),
        "spread": [round(low, 4), round(high, 4)],
        **machine(),
    }
    for side in ("ours", "peer"):
        record[side] = [round(value, 4) for value in record[side]]
    RESULTS.mkdir(exist_ok=True)
    save_json(RESULTS / f"{measured.name}.json", record)
    print(
        f"{measured.what}: ours {median(measured.ours):.3g} {measured.unit}, "
        f"{measured.peer_name} {median(measured.peer):.3g} {measured.unit}: "
        f"ratio {measured.ratio:.2f} ({low:.2f} to {high:.2f}), aim {measured.aim:.2f} "
        f"{'reached' if measured.ratio <= measured.aim else 'missed'} {json.dumps(measured.notes)}",
        flush=True,
    )
