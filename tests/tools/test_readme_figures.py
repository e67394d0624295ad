"""README's leaderboard is what results/ says."""

import json
from typing import Any

from tests.conftest import ROOT

COLUMNS = {"ag_news_subset": "AG News (38.8k train)", "imdb_reviews": "IMDb"}


def load() -> dict[str, dict[str, Any]]:
    return {name: json.loads((ROOT / "results" / f"{name}.json").read_text()) for name in COLUMNS}


def side_by_side(records: dict[str, dict[str, Any]]) -> list[str]:
    """Lay the published leaderboards out beside each other, in the order of the first."""
    boards = [{row["variant"]: row for row in record["rows"]} for record in records.values()]
    lines = ["| variant | " + " | ".join(COLUMNS.values()) + " |", "| --- |" + " --- |" * len(boards)]
    for name in boards[0]:
        cells = " | ".join(cell(board[name]) if name in board else "" for board in boards)
        lines.append(f"| {name.removeprefix('words-')} | {cells} |")
    return lines


def cell(row: dict[str, Any]) -> str:
    accuracy = row["accuracy"]
    text = f"{accuracy['mean']:.3f} ({accuracy['low']:.3f} to {accuracy['high']:.3f})"
    return f"**{text}**" if row["selected"] else text


def test_readme_shows_the_published_leaderboards():
    readme = (ROOT / "README.md").read_text().splitlines()
    assert [line for line in side_by_side(load()) if line not in readme] == []


def test_readme_quotes_the_published_answers():
    readme = (ROOT / "README.md").read_text()
    for record in load().values():
        chosen = next(row for row in record["rows"] if row["selected"])
        assert f"{chosen['accuracy']['mean']:.3f}" in readme
