"""Presets: presets/<name>.yaml, changed values of params.yaml that make one lesson."""

from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from embedding_bench.core.errors import UserError, allowed

FOLDER = Path("presets")
KNOWN = "# Known to reach: "


class Description(NamedTuple):
    """The lesson of a preset, and the published result of that lesson ("" where there is none)."""

    lesson: str
    known: str


def preset_names() -> list[str]:
    """List the presets."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read_preset(name: str) -> dict[str, Any]:
    """Read a preset's values.

    Raises:
        UserError: There is no such preset.
    """
    path = FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise UserError(f"no preset '{name}'; {allowed(name, preset_names())}")
    values: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return values


def describe_preset(name: str) -> Description:
    """Read the comments at the head of a preset."""
    lesson, second, *_ = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    return Description(lesson.removeprefix("# "), second.removeprefix(KNOWN) if second.startswith(KNOWN) else "")
