"""The report: `page.html` and the specifications of its pictures, `pictures/<name>.json`.

The page draws its charts in the browser. `pictures/leaderboard.json`, `pictures/learning.json` (where rows were trained
on fewer labels) and `pictures/maps/<variant>.json` are Vega-Lite or Vega specifications, data included. No file depends
on the fonts of the machine; drawn pictures do, and lie elsewhere.
"""

from pathlib import Path
from typing import Any

from embedding_bench.core.files import write_json

Specification = dict[str, Any]


def write(folder: Path, page: str, pictures: dict[str, Specification], maps: dict[str, Specification]) -> None:
    """Write the page, the specifications of the pictures by name, and those of the word maps by variant."""
    (folder / "pictures" / "maps").mkdir(parents=True)
    page_path(folder).write_text(page, encoding="utf-8")
    for name, specification in pictures.items():
        write_json(folder / "pictures" / f"{name}.json", specification)
    for variant, specification in maps.items():
        write_json(map_path(folder, variant), specification)


def page_path(folder: Path) -> Path:
    """Return the path of the page."""
    return folder / "page.html"


def picture_paths(folder: Path) -> list[Path]:
    """Return the paths of the specifications of the pictures, without the maps."""
    return sorted((folder / "pictures").glob("*.json"))


def map_paths(folder: Path) -> list[Path]:
    """Return the paths of the specifications of all word maps."""
    return sorted((folder / "pictures" / "maps").glob("*.json"))


def map_path(folder: Path, variant: str) -> Path:
    """Return the path of the specification of a variant's word map."""
    return folder / "pictures" / "maps" / f"{variant}.json"
