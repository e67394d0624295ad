"""Presets: presets/<name>.yaml, changed values of params.yaml that make one lesson."""

from pathlib import Path
from typing import Any, NamedTuple

from embedding_bench.core.errors import UserError, allowed
from embedding_bench.core.params import Params

FOLDER = Path("presets")
COMMENT = "# "
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
        UserError: There is no such preset, or it is not a YAML mapping.
    """
    path = _path(name)
    if not path.is_file():
        raise UserError(f"no preset '{name}'; {allowed(name, preset_names())}")
    return Params.read(path).values


def describe_preset(name: str) -> Description:
    """Read the comments at the head of a preset.

    Raises:
        UserError: The first line is no comment.
    """
    path = _path(name)
    lesson, second, *_ = [*path.read_text(encoding="utf-8", errors="replace").splitlines(), "", ""]
    if not lesson.startswith(COMMENT):
        raise UserError(f"{path}: no lesson; begin its first line with `{COMMENT}` and what the preset teaches")
    return Description(lesson.removeprefix(COMMENT), second.removeprefix(KNOWN) if second.startswith(KNOWN) else "")


def _path(name: str) -> Path:
    return FOLDER / f"{name}.yaml"
