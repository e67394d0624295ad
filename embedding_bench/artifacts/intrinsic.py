"""Intrinsic measures: `intrinsic.json` with all values, and `intrinsic.md` for people.

`vectors`: the measures of each source. `finetuned`: those of each variant `before` and `after` training, and its
`drift`.
"""

from pathlib import Path
from typing import Any

from embedding_bench.core.files import read_json, write_json


def write(folder: Path, measured: dict[str, Any], page: str) -> None:
    """Write the measures and their page."""
    write_json(folder / "intrinsic.json", measured)
    (folder / "intrinsic.md").write_text(page, encoding="utf-8")


def read(folder: Path) -> dict[str, Any]:
    """Read the measures."""
    measured: dict[str, Any] = read_json(folder / "intrinsic.json")
    return measured
