"""Run all benchmarks, one after the other, and lay their results out in benchmarks/README.md."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import scale
from benchmarks.measuring import RESULTS
from benchmarks.tables import fill

README = Path(__file__).with_name("README.md")
# Where TFDS_DATA_DIR finds the corpora.
PREPARED = [[name, "--dataset", "ag_news_subset"] for name in ("learned_mean", "frozen_mean")] + [["bilstm"]]
EVERYWHERE = [
    [name]
    for name in ("learned_mean", "frozen_mean", "encode", "vectors_file", "baseline", "predict", "repro", "scale")
]


def comparisons() -> str:
    """Lay out how ours compares with peers."""
    found = [read(path) for path in sorted(RESULTS.glob("*.json")) if path.stem not in ("repro", "scale")]
    head = ["| what | peer | ours | peer | ours / peer | aim | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    return "\n".join(head + [comparison(one) for one in found])


def comparison(found: dict[str, Any]) -> str:
    """Lay out one comparison."""
    middle = {side: sorted(found[side])[len(found[side]) // 2] for side in ("ours", "peer")}
    low, high = found["spread"]
    figures = " | ".join(f"{middle[side]:.3g} {found['unit']}" for side in ("ours", "peer"))
    verdict = "reached" if found["ratio"] <= found["aim"] else "missed"
    ratio = f"{short(found['ratio'])} ({short(low)} to {short(high)})"
    return f"| {found['what']} | {found['peer_name']} | {figures} | {ratio} | {short(found['aim'])} | {verdict} |"


def short(ratio: float) -> str:
    """Write a ratio with two or three digits."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"


def stages() -> str:
    """Lay out what the stages of a whole run take."""
    lines = [
        "| stage | cells | start-up | compute | DVC | start-up + DVC | aim |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in read(RESULTS / "repro.json")["stages"]:
        beside = row["start_up"] + row["dvc"]
        figures = f"{row['start_up']:.2f} s | {row['compute']:.2f} s | {row['dvc']:.2f} s | {beside:.2f} s"
        lines.append(f"| {row['stage']} | {row['cells']} | {figures} | {row['aim']:.0f} s |")
    return "\n".join(lines)


def read(path: Path) -> dict[str, Any]:
    """Read one result."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def write_tables() -> None:
    """Write the tables of benchmarks/README.md from results/."""
    text = README.read_text()
    tables = {"comparisons": comparisons(), "stages": stages(), "scale": scale.table(read(RESULTS / "scale.json"))}
    for name, table in tables.items():
        text = fill(text, name, table)
    README.write_text(text)


def main() -> None:
    """Read the command line, and run what this machine has the data for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", action="store_true", help="run nothing, only write the tables")
    chosen = EVERYWHERE + (PREPARED if os.environ.get("TFDS_DATA_DIR") else [])
    for name, *arguments in [] if parser.parse_args().tables else chosen:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=True)
    write_tables()


if __name__ == "__main__":
    main()
