"""What a search chose for one row: `settings.json` and `trials.json`.

`settings.json`: of a variant `encoder`, `tuning` and `rows`, those without a vector, or only the reason why it is
`left_out`; of a baseline `baseline`. It is a file of its own, so that more trials that choose the same do not train
again.
`trials.json`: `space`; the `texts` that each round trained on and the number of `folds` (1: validation as it is);
`trials`, each with its `settings` and, for each round that it took part in, its criterion and its scaled log loss in
nats (none for one that could not be trained), the catalogue's setting first; the number of the `best`; the settings
that matter and lie at the `edges` of the space; and the `importances` of settings. All are empty where nothing is
searched.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from embedding_bench.core.files import read_json, write_json
from embedding_bench.settings.baselines import BASELINES, Baseline
from embedding_bench.settings.encoders import ENCODERS, EncoderSettings
from embedding_bench.settings.tuning import Tuning
from embedding_bench.settings.vectors import DrawnRows

LEFT_OUT = "left_out"


class VariantSettings(NamedTuple):
    """What may differ between two trainings of a variant."""

    encoder: EncoderSettings
    tuning: Tuning
    rows: DrawnRows

    def plain(self) -> dict[str, Any]:
        """Return plain values, as in settings.json."""
        rows = self.rows.model_dump()
        return {"encoder": self.encoder.plain(), "tuning": self.tuning.plain(), "rows": rows}

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "VariantSettings":
        """Read plain values, which may have others beside them."""
        return cls(
            ENCODERS.adapter.validate_python(values["encoder"]),
            Tuning.model_validate(values["tuning"]),
            DrawnRows.model_validate(values["rows"]),
        )


class Trial(BaseModel):
    """A setting, by the keys of the space, and its criterion and scaled log loss in each round that it took part in."""

    settings: dict[str, Any]
    scores: list[tuple[float, float]]


class Trials(BaseModel):
    """A search; empty where there was none."""

    model_config = ConfigDict(frozen=True)

    space: dict[str, Any] = {}
    texts: list[int] = []
    folds: int = 1
    trials: list[Trial] = []
    best: int = 0
    edges: list[str] = []
    importances: dict[str, float] = {}


def write(folder: Path, settings: dict[str, Any], trials: Trials) -> None:
    """Write the chosen settings as plain values, and the trials."""
    write_json(folder / "settings.json", settings)
    write_json(folder / "trials.json", trials.model_dump(mode="json"))


def left_out(path: Path) -> str | None:
    """Return the reason why a variant is left out; None for others."""
    why: str | None = read_json(path).get(LEFT_OUT)
    return why


def read_variant(path: Path) -> VariantSettings:
    """Read the chosen settings of a variant."""
    return VariantSettings.parse(read_json(path))


def read_baseline(path: Path) -> Baseline:
    """Read the chosen settings of a baseline."""
    return BASELINES.adapter.validate_python(read_json(path)["baseline"])


def read_trials(folder: Path) -> Trials:
    """Read the trials of a row."""
    return Trials.model_validate(read_json(folder / "trials.json"))
