"""Run all benchmarks, one after the other, and lay their results out in benchmarks/README.md."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.measuring import RESULTS

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- table -->", "<!-- /table -->"
EVERYWHERE = [["learned_mean"], ["frozen_mean"], ["encode"], ["vectors_file"], ["baseline"], ["predict"]]
# Where TFDS_DATA_DIR finds the corpora.
PREPARED = [[name, "--dataset", "ag_news_subset"] for name in ("learned_mean", "frozen_mean")] + [["bilstm"]]


def table() -> str:
    """Lay out all kept results."""
    lines = ["| what | peer | ours | peer | ours / peer | aim | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for path in sorted(RESULTS.glob("*.json")):
        lines.append(row(json.loads(path.read_text())))
    return "\n".join(lines)


def row(found: dict[str, Any]) -> str:
    """Lay out one result."""
    middle = {side: sorted(found[side])[len(found[side]) // 2] for side in ("ours", "peer")}
    low, high = found["spread"]
    figures = " | ".join(f"{middle[side]:.3g} {found['unit']}" for side in ("ours", "peer"))
    verdict = "reached" if found["ratio"] <= found["aim"] else "missed"
    return (
        f"| {found['what']} | {found['peer_name']} | {figures} | {found['ratio']:.2f} ({low:.2f} to {high:.2f}) "
        f"| {found['aim']:.2f} | {verdict} |"
    )


def main() -> None:
    """Run what this machine has the data for."""
    chosen = EVERYWHERE + (PREPARED if os.environ.get("TFDS_DATA_DIR") else [])
    for name, *arguments in chosen:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=True)
    before, _, rest = README.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}")


if __name__ == "__main__":
    main()
