"""The complete params.yaml, and the checks that need more than one section."""

from pathlib import Path
from typing import Any

from embedding_bench.core.errors import UserError, allowed
from embedding_bench.core.params import PARAMS, Params, Section
from embedding_bench.core.schema import Name
from embedding_bench.settings.compare import Compare
from embedding_bench.settings.datasets import Dataset
from embedding_bench.settings.experiment import Experiment
from embedding_bench.settings.export import MEMBERS, Export
from embedding_bench.settings.intrinsic import Intrinsic
from embedding_bench.settings.projector import Projector
from embedding_bench.settings.report import Report
from embedding_bench.settings.run import Run
from embedding_bench.settings.track import Track
from embedding_bench.settings.training import CLASS_WEIGHTS, DETERMINISTIC_OPS, DEVICES
from embedding_bench.settings.vectors import PretrainedVectors, TrainedVectors


class Settings(Experiment):
    """Every section of params.yaml."""

    dataset: Name
    input: str
    datasets: dict[Name, Dataset]
    projector: Projector
    intrinsic: Intrinsic
    compare: Compare
    export: Export
    report: Report
    track: Track


def load_settings(path: Path = PARAMS) -> Settings:
    """Read and check the complete params.yaml.

    Raises:
        UserError: The file is missing, is not YAML, or a key or value is not allowed.
    """
    return _check(Params.read(path))


def parse_settings(text: str, path: Path = PARAMS) -> Settings:
    """Check the text of params.yaml; `path` is the file that error messages name.

    Raises:
        UserError: The text is not YAML, or a key or value is not allowed.
    """
    return _check(Params.parse(text, path))


def settings_used(experiment: Experiment, dataset: Dataset, compare: Compare) -> dict[str, Any]:
    """Return all settings behind a leaderboard as plain values, for publication."""
    return {"dataset": dataset.model_dump(), **experiment.used(), "compare": compare.model_dump()}


def _check(params: Params) -> Settings:
    settings = params.complete(Settings)
    sections: tuple[Section[Any], ...] = (CLASS_WEIGHTS, DEVICES, DETERMINISTIC_OPS, MEMBERS)
    for section in sections:  # of which stages depend on a part, which must be there
        params.section(section)
    try:
        _check_axes(settings)
        _check_cells(settings)
    except UserError as error:
        raise UserError(f"{params.path}: {error}") from None
    return settings


def _check_axes(settings: Settings) -> None:
    """Require every axis value to be a key of its catalogue, once."""
    if settings.dataset not in settings.datasets:
        raise UserError(f"dataset: found '{settings.dataset}'; {allowed(settings.dataset, settings.datasets)}")
    for axis in Run.model_fields:
        catalogue, values = getattr(settings, axis), getattr(settings.run, axis)
        for value in values:
            if value not in catalogue:
                raise UserError(f"run.{axis}: '{value}' is not in the catalogue `{axis}`; {allowed(value, catalogue)}")
            if values.count(value) > 1:
                raise UserError(f"run.{axis}: '{value}' is listed twice; list each value once")


def _check_cells(settings: Settings) -> None:
    """Require distinct names of rows, and refuse cells that make no sense."""
    variants = [variant.name for variant in settings.variants]
    if not variants:
        raise UserError(
            "run: nothing to train: random vectors that stay frozen are a control; add other vectors or a fine-tuned "
            f"tuning, or write `control: true` to tuning.{settings.run.tuning[0]}"
        )
    names = variants + settings.run.baselines
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"run: two rows would be called '{name}'; rename a catalogue entry")
    if (chosen := settings.export.variant) and chosen not in variants:
        hint = allowed(chosen, variants)
        raise UserError(f"export.variant: found '{chosen}'; null is the selected variant; {hint}")
    for vectors in settings.run.vectors:
        _check_vectors(settings, vectors)
    _check_order(settings)


def _check_order(settings: Settings) -> None:
    """Refuse encoders that read order on tokens that have none: n-grams follow the words of a text."""
    unordered = [name for name in settings.run.vectorizers if settings.vectorizers[name].ngrams > 1]
    ordered = [name for name in settings.run.encoders if settings.encoders[name].ordered]
    if unordered and ordered:
        raise UserError(
            f"run: '{unordered[0]}' puts the n-grams of a text after its words, and '{ordered[0]}' reads tokens in "
            "order; drop one of them, or run them apart"
        )


def _check_vectors(settings: Settings, vectors: str) -> None:
    source = settings.vectors[vectors]
    if isinstance(source, TrainedVectors) and source.texts:
        _check_own_texts(settings, vectors)
    hashed = [name for name in settings.run.vectorizers if settings.vectorizers[name].buckets]
    if hashed and isinstance(source, PretrainedVectors):
        raise UserError(
            f"run: '{hashed[0]}' hashes words into buckets, for which '{vectors}' has no vectors; "
            "use random vectors, vectors trained here, or a vectorizer without buckets"
        )


def _check_own_texts(settings: Settings, vectors: str) -> None:
    for name in settings.run.vectorizers:
        vectorizer = settings.vectorizers[name]
        if vectorizer.pieces or vectorizer.ngrams > 1 or vectorizer.buckets:
            raise UserError(
                f"run: the `texts` of '{vectors}' are split into single words or characters, unlike the tokens of "
                f"'{name}'; drop `texts`, or choose another vectorizer"
            )
