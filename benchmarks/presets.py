"""Run every numbered preset in a fresh clone: accuracy and seconds.

Seconds are those of `embedding-bench preset NAME` after set-up, with nothing cached. Needs AG News, IMDb and GloVe,
downloaded or prepared. The table goes to presets/README.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import RESULTS, machine
from benchmarks.tables import fill
from embedding_bench.artifacts import leaderboard
from embedding_bench.core.files import read_json, save_json
from embedding_bench.project.presets import FOLDER, describe_preset

ROOT = Path(__file__).parent.parent
KEPT = RESULTS / "presets"
COLUMNS = ("variant", "validation_accuracy", "accuracy", "replicates", "selected", "vectors")


def run(name: str) -> dict[str, Any]:
    """Run a preset in a fresh clone; return its seconds and the rows of its leaderboard."""
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        start = time.time()
        command = [
            sys.executable,
            "-m",
            "embedding_bench.cli.main",
            "preset",
            name,
        ]  # of the clone
        subprocess.run(command, cwd=clone, env=environment, check=True)
        seconds = time.time() - start
        rows = leaderboard.read(clone / "metrics" / "leaderboard.json").rows
    return {
        "preset": name,
        "seconds": round(seconds),
        "rows": [{column: row.plain()[column] for column in COLUMNS} for row in rows],
        **machine(),
    }


def numbered() -> list[str]:
    """Name the presets that are lessons."""
    return sorted(path.stem for path in FOLDER.glob("[0-9]*.yaml"))


def table() -> str:
    """Format the kept results as a Markdown table: each variant's accuracy on validation and on test."""
    lines = [
        "| preset | lesson | published result | result here: validation, test (95 % interval) | seconds |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name in [name for name in numbered() if (KEPT / f"{name}.json").exists()]:
        result, description = read_json(KEPT / f"{name}.json"), describe_preset(name)
        reached = "<br>".join(
            f"{row['variant']}: {row['validation_accuracy']:.3f}, "
            f"{row['accuracy']['mean']:.3f} ({row['accuracy']['low']:.3f} to {row['accuracy']['high']:.3f})"
            for row in result["rows"]
            if row["vectors"]
        )
        known = description.known or "none"
        lines.append(f"| `{name}` | {description.lesson} | {known} | {reached} | {result['seconds']:,} |")
    return "\n".join(lines)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="presets to run; by default all")
    parser.add_argument("--table", action="store_true", help="only write the table from the kept results")
    arguments = parser.parse_args()
    for name in [] if arguments.table else arguments.names or numbered():
        result = run(name)
        KEPT.mkdir(parents=True, exist_ok=True)
        save_json(KEPT / f"{name}.json", result)
        print(json.dumps({"preset": name, "seconds": result["seconds"]}), flush=True)
    readme = FOLDER / "README.md"
    readme.write_text(fill(readme.read_text(), "presets", table()))


if __name__ == "__main__":
    main()
