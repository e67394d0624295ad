"""The leaderboard, `metrics/leaderboard.json`: the interface to everything downstream of `compare`.

All values are rounded to six digits by the code that computes them. Attributes have the names of the keys, with a few
exceptions that are aliases. Fields with a default are absent from files of older commits, such as those in results/.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from embedding_bench.core.errors import UserError
from embedding_bench.core.files import read_json, save_json
from embedding_bench.settings.run import Variant


class Part(BaseModel):
    """Immutable; unknown keys are ignored, so that files of newer commits can be read."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Interval(Part):
    """A mean with the limits of its confidence interval."""

    mean: float
    low: float
    high: float


class Score(Interval):
    """A test score between 0 and 1; `sd` is the standard deviation over replicates, None for a single one."""

    sd: float | None


class Difference(Interval):
    """Paired difference of test accuracy, the selected row minus this one.

    `p_value` is corrected for all rows by Holm, and so is the interval (in older files only the p value).
    """

    p_value: float


class LearningPoint(Interval):
    """Test accuracy, or a difference of two, after training on `labels` texts."""

    labels: int


class LearningPair(Part):
    """Two rows whose learning curves are compared: `first` minus `second` at each number of labels."""

    first: str = Field(alias="one")
    second: str = Field(alias="other")
    points: list[LearningPoint]
    sentence: str = Field(alias="told")


class Together(Part):
    """The average of the probabilities of several models: all replicates of the `members`, the selected variant first.

    `gain` is its test accuracy minus the mean of the selected variant's replicates. Both intervals are for new texts.
    """

    members: list[str]
    models: int
    accuracy: Interval
    gain: Interval


class BestOf(Interval):
    """The best score on validation of so many drawn settings: its mean, and the band of 80 % of such draws."""

    trials: int


class SearchSummary(Part):
    """The search of a row's settings, beside which the setting of params.yaml was tried.

    `texts` are those that each round trained on, `folds` 1 where validation was left as it is, `validation` the
    criterion of the chosen setting, `settings` what it has other than params.yaml. `edges` are settings at an end of
    their space; `importances` the share of the variance of scores that each explains.
    """

    trials: int
    texts: list[int]
    folds: int
    validation: float
    settings: dict[str, Any]
    edges: list[str]
    importances: dict[str, float]
    expected_best: list[BestOf]


class Ceiling(Part):
    """Best possible test accuracy on the sample corpus: of an oracle, and of a bag of words."""

    oracle: float
    bag: float


class LeaderboardRow(Part):
    """A variant or a baseline; the axes of a baseline are None.

    Accuracies, macro-F1 and losses are means over replicates. Validation measures are those that selection saw; test
    measures of a confirmed variant are those of fresh seeds, and `as_selected` is the test accuracy of the replicates
    that selection saw, None for other rows. `facets` has the test accuracy by facet, for the sample corpus alone.
    `search` is None where no settings were tried. `difference` is None for the selected row.
    """

    name: str = Field(alias="variant")
    vectorizer: str | None
    vectors: str | None
    tuning: str | None
    encoder: str | None
    replicates: int
    parameters: int
    validation_accuracy: float
    validation_macro_f1: float | None = None
    validation_log_loss: float | None = None
    validation_scaled_log_loss: float | None = None
    validation_rank: int | None = None
    accuracy: Score
    as_selected: Score | None = None
    macro_f1: Score
    log_loss: float
    calibration_error: float
    learning_curve: list[LearningPoint] = []
    facets: dict[str, float] | None = None
    search: SearchSummary | None = None
    selected: bool
    difference: Difference | None = Field(alias="behind_selected")

    @model_serializer(mode="wrap")
    def _without_absent_parts(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = serialize(self)
        return {key: value for key, value in values.items() if value is not None or key not in ("facets", "search")}

    @property
    def variant(self) -> Variant | None:
        """The value of every axis; None for a baseline."""
        if self.vectorizer is None or self.vectors is None or self.tuning is None or self.encoder is None:
            return None
        return Variant(self.vectorizer, self.vectors, self.tuning, self.encoder)

    @property
    def is_baseline(self) -> bool:
        """Whether the row is a baseline."""
        return self.variant is None

    @property
    def is_confirmed(self) -> bool:
        """Whether the test measures are those of fresh seeds."""
        return self.as_selected is not None

    @property
    def rank(self) -> int:
        """The rank on validation among all rows, 1 for the best.

        Raises:
            ValueError: The leaderboard was written by an older commit, which did not rank rows.
        """
        if self.validation_rank is None:
            raise ValueError(f"{self.name}: the leaderboard has no validation_rank")
        return self.validation_rank

    def plain(self) -> dict[str, Any]:
        """Return the row as in leaderboard.json."""
        return self.model_dump(by_alias=True)


class Leaderboard(Part):
    """All rows, the highest test accuracy first, and the comparisons of learning curves.

    `validation_gap` is the accuracy on validation minus that on test, averaged over the variants. `canary` is the
    fingerprint of the machine that trained the selected variant.
    """

    dataset: str
    confidence: float
    select_by: str | None = None
    validation_gap: Interval | None = None
    canary: str | None = None
    ceiling: Ceiling | None = None
    rows: list[LeaderboardRow]
    learning: list[LearningPair] = []
    together: list[Together] = []

    @property
    def selected(self) -> LeaderboardRow:
        """The row that validation selected."""
        return next(row for row in self.rows if row.selected)

    @property
    def criterion(self) -> str:
        """What selects on validation; accuracy in older files."""
        return "macro-F1" if self.select_by == "macro_f1" else "accuracy"

    @property
    def validation_title(self) -> str:
        """The title of the column of `validated`."""
        return "validation macro-F1" if self.select_by == "macro_f1" else "validation"

    def validated(self, row: LeaderboardRow) -> float | None:
        """A row's mean of the criterion on validation; None where an older file lacks it."""
        return row.validation_macro_f1 if self.select_by == "macro_f1" else row.validation_accuracy

    @property
    def covered(self) -> str:
        """What the intervals of the variants cover: a single replicate says nothing of seeds."""
        return "new texts and seeds" if max(row.replicates for row in self.rows) > 1 else "new texts, but not seeds"

    @property
    def names(self) -> list[str]:
        """The names of the rows."""
        return [row.name for row in self.rows]

    @property
    def facets(self) -> list[str]:
        """The names of the facets; empty for all corpora but the sample."""
        return list(self.rows[0].facets or ())

    def row(self, name: str) -> LeaderboardRow:
        """Return the row of a variant or baseline.

        Raises:
            UserError: There is none: the leaderboard is older than params.yaml.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise UserError(f"leaderboard.json: has no row '{name}', which params.yaml names; run `dvc repro`")

    def plain(self) -> dict[str, Any]:
        """Return the leaderboard as in leaderboard.json."""
        return self.model_dump(by_alias=True)


def write(path: Path, leaderboard: Leaderboard) -> None:
    """Write leaderboard.json."""
    save_json(path, leaderboard.plain())


def read(path: Path) -> Leaderboard:
    """Read leaderboard.json.

    Raises:
        UserError: The file is missing, or is not a leaderboard.
    """
    return from_plain(read_json(path), str(path))


def parse(text: str, source: str) -> Leaderboard:
    """Parse the text of a leaderboard.json; `source` names it in error messages.

    Raises:
        UserError: It is not a leaderboard.
    """
    return from_plain(json.loads(text), source)


def from_plain(values: Any, source: str) -> Leaderboard:
    """Check the values of a leaderboard.json; `source` names it in error messages.

    Raises:
        UserError: They are not those of a leaderboard.
    """
    try:
        return Leaderboard.model_validate(values)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key = ".".join(map(str, fault["loc"]))
        raise UserError(f"{source}: {key}: {fault['msg']}; run `dvc repro compare`, which writes it") from None
