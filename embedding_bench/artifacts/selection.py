"""What validation selected: `contenders.json` and `ranks.json`.

`contenders.json`: the variants to train anew, by name, with their axes and their settings as in `artifacts.search`. It
is a file of its own, so that another order or another baseline alone does not train them again.
`ranks.json`: `select_by`, and for each row its `rank`, its `criterion` on validation and its scaled log loss in nats.
"""

from pathlib import Path
from typing import Any, NamedTuple

from embedding_bench.artifacts.search import VariantSettings
from embedding_bench.core.files import read_json, write_json
from embedding_bench.settings.run import Variant


class Contender(NamedTuple):
    """A variant to train anew."""

    variant: Variant
    settings: VariantSettings


class Ranked(NamedTuple):
    """A row on validation: 1 is the best rank; the criterion and the scaled log loss are means over replicates."""

    rank: int
    criterion: float
    scaled_log_loss: float


class Ranks(NamedTuple):
    """All rows by name, and the names of the confirmed variants, the selected one first."""

    select_by: str
    rows: dict[str, Ranked]
    confirmed: list[str]

    @property
    def selected(self) -> str:
        """The name of the selected variant."""
        return self.confirmed[0]


def write(folder: Path, contenders: list[Contender], select_by: str, rows: dict[str, Ranked]) -> None:
    """Write both files."""
    write_json(
        folder / "contenders.json",
        [
            {"variant": contender.variant._asdict(), **contender.settings.plain()}
            for contender in sorted(contenders, key=lambda contender: contender.variant.name)
        ],
    )
    values = {name: ranked._asdict() for name, ranked in rows.items()}
    write_json(folder / "ranks.json", {"select_by": select_by, "rows": values})


def read_contenders(path: Path) -> list[Contender]:
    """Read `contenders.json`."""
    entries: list[dict[str, Any]] = read_json(path)
    return [Contender(Variant(**entry["variant"]), VariantSettings.parse(entry)) for entry in entries]


def read_ranks(folder: Path) -> Ranks:
    """Read both files."""
    values = read_json(folder / "ranks.json")
    rows = {name: Ranked(**ranked) for name, ranked in values["rows"].items()}
    confirmed = [Variant(**entry["variant"]).name for entry in read_json(folder / "contenders.json")]
    return Ranks(values["select_by"], rows, sorted(confirmed, key=lambda name: rows[name].rank))
