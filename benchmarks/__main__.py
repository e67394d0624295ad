"""Run all benchmarks in sequence and write their results to the tables of benchmarks/README.md."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import blocks, cluster, contestants, scale
from benchmarks.measuring import RESULTS
from benchmarks.tables import fill

README = Path(__file__).with_name("README.md")
# Only with prepared corpora, in the folder TFDS_DATA_DIR.
PREPARED = [[name, "--dataset", "ag_news_subset"] for name in ("learned_mean", "frozen_mean")] + [["bilstm"]]
PREPARED += [["contestants", "--dataset", name] for name in contestants.DATASETS]
TABLES = ("blocks", "cluster", "contestants", "repro", "scale")  # results with a table of their own
EVERYWHERE = [
    [name]
    for name in (
        "learned_mean",
        "frozen_mean",
        "encode",
        "vectors_file",
        "baseline",
        "predict",
        "alike",
        "cluster",
        "blocks",
        "repro",
        "scale",
    )
]


def comparisons() -> str:
    """Format the comparisons with peers as a Markdown table."""
    results = [read(path) for path in sorted(RESULTS.glob("*.json")) if path.stem not in TABLES]
    head = ["| what | peer | ours | peer | ours / peer | aim | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    return "\n".join(head + [comparison(result) for result in results])


def comparison(result: dict[str, Any]) -> str:
    """Format one comparison as a row."""
    middle = {side: sorted(result[side])[len(result[side]) // 2] for side in ("ours", "peer")}
    low, high = result["spread"]
    values = " | ".join(f"{middle[side]:.3g} {result['unit']}" for side in ("ours", "peer"))
    verdict = "reached" if result["ratio"] <= result["aim"] else "missed"
    ratio = f"{short(result['ratio'])} ({short(low)} to {short(high)})"
    return f"| {result['what']} | {result['peer_name']} | {values} | {ratio} | {short(result['aim'])} | {verdict} |"


def short(ratio: float) -> str:
    """Format a ratio with two or three digits."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"


def stages() -> str:
    """Format the times of the stages of a whole run as a Markdown table."""
    lines = [
        "| stage | cells | start-up | compute | DVC | start-up + DVC | aim |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in read(RESULTS / "repro.json")["stages"]:
        overhead = row["start_up"] + row["dvc"]
        values = f"{row['start_up']:.2f} s | {row['compute']:.2f} s | {row['dvc']:.2f} s | {overhead:.2f} s"
        lines.append(f"| {row['stage']} | {row['cells']} | {values} | {row['aim']:.0f} s |")
    return "\n".join(lines)


def read(path: Path) -> dict[str, Any]:
    """Read one result."""
    result: dict[str, Any] = json.loads(path.read_text())
    return result


def write_tables() -> None:
    """Write the tables of benchmarks/README.md from results/."""
    text = README.read_text()
    tables = {
        "comparisons": comparisons(),
        "blocks": blocks.table(read(RESULTS / "blocks.json")),
        "cluster": cluster.table(read(RESULTS / "cluster.json")),
        "contestants": contestants.table(read(RESULTS / "contestants.json")),
        "stages": stages(),
        "scale": scale.table(read(RESULTS / "scale.json")),
    }
    for name, table in tables.items():
        text = fill(text, name, table)
    README.write_text(text)


def main() -> None:
    """Read the command line, and run the benchmarks whose data are on this machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", action="store_true", help="only write the tables from the kept results")
    chosen = EVERYWHERE + (PREPARED if os.environ.get("TFDS_DATA_DIR") else [])
    for name, *arguments in [] if parser.parse_args().tables else chosen:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=True)
    write_tables()


if __name__ == "__main__":
    main()
