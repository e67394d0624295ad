"""Run presets/<name>.yaml: params.yaml with other values, as a DVC experiment. Without a name, list them."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from embedding_bench.cli.experiment import BACK, run_experiment
from embedding_bench.cli.leaderboard import show
from embedding_bench.cli.publish import publish_pending
from embedding_bench.cli.report import join
from embedding_bench.core import errors
from embedding_bench.core.errors import UserError, allowed

FOLDER = Path("presets")
KNOWN = "# Known to reach: "


class Head(NamedTuple):
    """What a preset teaches, and what its lesson is known to reach: empty where no figure is published."""

    lesson: str
    known: str


def read_preset(name: str) -> dict[str, Any]:
    """Read a preset's values.

    Raises:
        UserError: There is no such preset.
    """
    path = FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise UserError(f"no preset '{name}'; {allowed(name, sorted(p.stem for p in FOLDER.glob('*.yaml')))}")
    values: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return values


def list_presets() -> list[str]:
    """Name the presets, each with its lesson."""
    names = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    width = max(len(name) for name in names)
    return [f"{name:{width}}  {head_of(name).lesson}" for name in names]


def head_of(name: str) -> Head:
    """Read the comments at a preset's head."""
    lesson, second, *_ = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    return Head(lesson.removeprefix("# "), second.removeprefix(KNOWN) if second.startswith(KNOWN) else "")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?")
    name = parser.parse_args().name
    if name is None:
        print("\n".join(list_presets()))
        return
    run_experiment(read_preset(name))
    publish_pending()
    join()
    show()
    print(f"  make results        keep this leaderboard in results/\n\n{BACK}")


if __name__ == "__main__":
    errors.run(main)
