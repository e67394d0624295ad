"""The rows of the leaderboard: the axes of the run and the catalogues that describe their values."""

from pathlib import Path
from typing import Any

from embedding_bench.core.schema import Name, Strict
from embedding_bench.settings.baselines import Baseline
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.settings.run import Run, Variant
from embedding_bench.settings.search import Search
from embedding_bench.settings.training import Training
from embedding_bench.settings.tuning import Tuning
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.settings.vectors import VectorSource
from embedding_bench.settings.vocabulary import VocabularySettings


class Experiment(Strict):
    """Every variant and baseline of the run, with its settings."""

    run: Run
    vectorizers: dict[Name, Vectorizer]
    vectors: dict[Name, VectorSource]
    vocabulary: VocabularySettings
    tuning: dict[Name, Tuning]
    encoders: dict[Name, EncoderSettings]
    search: Search
    training: Training
    baselines: dict[Name, Baseline]

    @property
    def variants(self) -> list[Variant]:
        """The cells of the run that are trained."""
        return [
            cell
            for cell in self.run.cells
            if not self.tuning[cell.tuning].leaves_out(self.vectors[cell.vectors].source)
        ]

    def used(self) -> dict[str, Any]:
        """Return the settings that the run uses as plain values, with a file's name in place of its path."""
        values = self.model_dump()
        used = {axis: {name: values[axis][name] for name in names} for axis, names in values["run"].items()}
        for entry in used["vectors"].values():
            if "path" in entry:
                entry["path"] = Path(entry["path"]).name
        shared = {name: values[name] for name in ("vocabulary", "search", "training")}
        return {**used, **shared}
