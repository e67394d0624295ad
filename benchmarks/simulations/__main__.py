"""Run all simulations, keep their results, and write the tables of docs/statistics.md."""

import argparse
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.measuring import RESULTS
from benchmarks.simulations import rules, selected, titles
from benchmarks.tables import fill
from embedding_bench.core.files import read_json, save_json

PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"
KEPT = RESULTS / "simulations"
SIMULATIONS: dict[str, tuple[ModuleType, int]] = {  # with the number of experiments of each cell
    "selected": (selected, 1000),
    "rules": (rules, 200),
    "titles": (titles, 2000),
}


def page(text: str) -> str:
    """Return the page with the tables of the kept results."""
    for name, (module, _) in SIMULATIONS.items():
        text = fill(text, name, module.table(read(name)))
    return text


def read(name: str) -> list[dict[str, Any]]:
    """Read the results of a simulation."""
    rows: list[dict[str, Any]] = read_json(KEPT / f"{name}.json")
    return rows


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SIMULATIONS, []], help="of simulations; by default all")
    parser.add_argument("--tables", action="store_true", help="only write the tables from the kept results")
    arguments = parser.parse_args()
    for name in [] if arguments.tables else arguments.names or SIMULATIONS:
        module, experiments = SIMULATIONS[name]
        rows = module.simulate(experiments)
        KEPT.mkdir(parents=True, exist_ok=True)
        save_json(KEPT / f"{name}.json", rows)
    PAGE.write_text(page(PAGE.read_text()))


if __name__ == "__main__":
    main()
