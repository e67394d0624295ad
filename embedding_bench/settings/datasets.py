"""`datasets`: where labelled texts come from and how they are split."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter, field_validator, model_validator

from embedding_bench.core.params import Catalogue, Section
from embedding_bench.core.schema import Count, Name, Seed, Share, Strict


class SampleDataset(Strict):
    """The embedded corpus, generated: sizes of its splits, and the share of labels that are wrong on purpose."""

    source: Literal["sample"]
    seed: Seed
    train: Count
    validation: Count
    test: Count
    unlabeled: Annotated[int, Field(ge=0)]
    noise: Annotated[float, Field(ge=0, lt=0.5)]


class SplitSettings(Strict):
    """How the labelled rows of outside data become train, validation and test."""

    splits: dict[Literal["train", "validation", "test", "unlabeled"], str] = {}  # ours: the data's; {}: found by name
    validation: Share = 0.1
    test: Share = 0.2  # only where the data bring no test split
    seed: Seed = 1
    deduplicate: bool = False

    @model_validator(mode="after")
    def _train_is_there(self) -> Self:
        if self.splits and "train" not in self.splits:
            raise ValueError("expected a `train` split among `splits`")
        return self


class TfdsDataset(SplitSettings):
    """A TensorFlow Datasets name; features that are not named are detected by their type and reported."""

    source: Literal["tfds"]
    name: str
    text: list[str] = []
    label: str | None = None


class FileDataset(SplitSettings):
    """The file or folder that the top-level `input` names; an undeclared encoding is detected and reported."""

    encoding: str | None = None

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        try:
            "".encode(name or "utf-8")  # unlike codecs.lookup, refuses codecs that are not for text
        except LookupError:
            raise ValueError("no such encoding; expected a name such as utf-8, cp1252 or shift_jis") from None
        return name


class TableDataset(FileDataset):
    """CSV, TSV, JSON lines or parquet: one file, or a folder with one for each split.

    Columns, the delimiter of CSV and whether it has a header are detected and reported where they are not declared.
    """

    source: Literal["table"]
    text: list[str] = []
    label: str | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    header: bool | None = None


class FolderDataset(FileDataset):
    """A folder for each class, of text files; with such folders for each split, or without."""

    source: Literal["folder"]


Dataset = Annotated[SampleDataset | TfdsDataset | TableDataset | FolderDataset, Field(discriminator="source")]


DATASET = Section[str]("dataset", TypeAdapter(Name))
INPUT = Section[str]("input", TypeAdapter(str))
DATASETS = Catalogue[Dataset]("datasets", TypeAdapter(Dataset))
