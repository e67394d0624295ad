"""params.yaml as typed objects: read once, at the door, and strictly.

Every model forbids unknown keys. `load` checks the whole file, so a stage never meets a wrong value half-way.
"""

import itertools
import re
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.core.errors import UserError, allowed, one_line

PARAMS = Path("params.yaml")

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")]
Share = Annotated[float, Field(gt=0, lt=1)]
Rate = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]


class Strict(BaseModel):
    """Unknown keys are errors that name the allowed ones; `1.0` is no whole number and `"5"` no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, values: Any) -> Any:
        for key in values if isinstance(values, dict) else ():
            if key not in cls.model_fields:
                hint = allowed(key, cls.model_fields)
                raise PydanticCustomError("unknown_key", "unknown key '{key}'; {hint}", {"key": str(key), "hint": hint})
        return values


# --- datasets ---------------------------------------------------------------------------------------------------


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
    """A TensorFlow Datasets name; features that are not named are found by their type, and said."""

    source: Literal["tfds"]
    name: str
    text: list[str] = []
    label: str | None = None


class FileDataset(SplitSettings):
    """What the top-level `input` names; an encoding that is not declared is detected, and said."""

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

    Columns and the delimiter of CSV that are not named are guessed, and said.
    """

    source: Literal["table"]
    text: list[str] = []
    label: str | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None


class FolderDataset(FileDataset):
    """A folder for each class, of text files; with such folders for each split, or without."""

    source: Literal["folder"]


Dataset = Annotated[SampleDataset | TfdsDataset | TableDataset | FolderDataset, Field(discriminator="source")]


# --- vectorizers and vectors --------------------------------------------------------------------------------------


class Vectorizer(Strict):
    """How text is cut into tokens; `adapt_texts` limits the counts that decide to the first N texts of train."""

    kind: Literal["words", "characters", "subwords"]
    pieces: Count | None = None  # subwords: how many are learned on the corpus
    ngrams: Annotated[int, Field(ge=1, le=5)] = 1  # 2: each pair of neighbours is a token, too
    buckets: Count | None = None  # tokens are hashed into so many, without a vocabulary
    adapt_texts: Count | None = None

    @model_validator(mode="after")
    def _pieces_of_subwords(self) -> Self:
        if (self.kind == "subwords") != (self.pieces is not None):
            raise ValueError("`pieces`, such as 8000, belongs to kind: subwords, and to no other")
        return self


class UniformRows(Strict):
    """Missing rows drawn from uniform(-limit, limit)."""

    policy: Literal["uniform"]
    limit: Rate


class NormalRows(Strict):
    """Missing rows drawn from normal(0, sd)."""

    policy: Literal["normal"]
    sd: Rate


class FixedRows(Strict):
    """Missing rows of zeros, or all equal to the mean of the found rows."""

    policy: Literal["zeros", "mean"]


MissingRows = Annotated[UniformRows | NormalRows | FixedRows, Field(discriminator="policy")]


class Vectors(Strict):
    """What every source of vectors has: the vocabulary it is used with, and what fills the rows that it lacks."""

    vocabulary: Literal["corpus", "own"] = "corpus"
    fallbacks: list[Literal["lower", "title", "upper"]] = []
    missing: MissingRows


class RandomVectors(Vectors):
    """No vectors at all: every row is missing."""

    source: Literal["random"]
    dimensions: Count
    vocabulary: Literal["corpus"] = "corpus"


class TrainedVectors(Vectors):
    """Vectors trained here, on the corpus's train and unlabeled texts or on text files of one's own."""

    texts: list[str] = []  # files, a text on each line; []: the corpus
    dimensions: Count
    window: Count
    min_count: Count
    seed: Seed


class PredictiveVectors(TrainedVectors):
    """What gensim's word2vec and fastText share."""

    algorithm: Literal["skipgram", "cbow"]
    negative: Annotated[int, Field(ge=0)]  # 0: hierarchical softmax
    epochs: Count
    sample: Annotated[float, Field(ge=0)]
    workers: Count = 1  # more than one is faster and not reproducible


class Word2VecVectors(PredictiveVectors):
    """word2vec."""

    source: Literal["word2vec"]


class FastTextVectors(PredictiveVectors):
    """fastText: words are sums of their character n-grams, so that unseen words have vectors as well."""

    source: Literal["fasttext"]
    characters: Annotated[list[Count], Field(min_length=2, max_length=2)] = [3, 6]  # the shortest and longest n-grams
    buckets: Count = 200_000  # of n-grams

    @model_validator(mode="after")
    def _shortest_first(self) -> Self:
        if self.characters[0] > self.characters[1]:
            raise ValueError(f"characters: found {self.characters}; the shortest n-grams come first, such as [3, 6]")
        return self


class PPMIVectors(TrainedVectors):
    """Positive pointwise mutual information of neighbouring words, and its truncated SVD."""

    source: Literal["ppmi"]
    smoothing: Annotated[float, Field(gt=0, le=1)] = 0.75  # power of the context counts


class PretrainedVectors(Vectors):
    """Vectors that come from elsewhere."""

    limit: Count | None = None  # read the first N words only: the most frequent ones of most files
    half: bool = False  # keep float16 on disk


class GensimVectors(PretrainedVectors):
    """Pretrained vectors by their gensim-data name."""

    source: Literal["gensim"]
    name: str


class FileVectors(PretrainedVectors):
    """Pretrained vectors from a local file; `format: auto` looks at the first bytes."""

    source: Literal["file"]
    path: str
    format: Literal["auto", "word2vec", "word2vec-binary", "glove", "fasttext-binary"] = "auto"


VectorSource = Annotated[
    RandomVectors | Word2VecVectors | FastTextVectors | PPMIVectors | GensimVectors | FileVectors,
    Field(discriminator="source"),
]


class VocabularySettings(Strict):
    """The corpus vocabulary: the `size` most frequent tokens that occur at least `min_count` times."""

    size: Count
    min_count: Count


# --- training -----------------------------------------------------------------------------------------------------


class Tuning(Strict):
    """Does training move the embedding matrix, and how fast?"""

    trainable: bool
    learning_rate: Rate | None = None  # of the embedding, by row-wise Adagrad
    frozen_epochs: Annotated[int, Field(ge=0)] = 0  # before it is released

    @model_validator(mode="after")
    def _rate_if_trainable(self) -> Self:
        if self.trainable and self.learning_rate is None:
            raise ValueError("a fine-tuned embedding needs a learning_rate, such as 0.05 (row-wise Adagrad)")
        if not self.trainable and self.learning_rate is not None:
            raise ValueError("a frozen embedding has no learning rate; drop it or set trainable: true")
        if not self.trainable and self.frozen_epochs:
            raise ValueError("frozen_epochs belong to a fine-tuned embedding; drop them or set trainable: true")
        return self


class Encoder(Strict):
    """What every encoder has."""

    max_tokens: Count | None = None  # longer texts are cut; null: whole texts
    hidden: Count | None = None  # units of a dense layer with ReLU between encoder and classes
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    batch_size: Count
    learning_rate: Rate
    epochs: Count
    patience: Count


class PoolingEncoder(Encoder):
    """The average, sum or largest values of a text's token vectors, in any order.

    For `presence`, a token counts once however often it stands in a text (Pang, Lee and Vaithyanathan, 2002).
    """

    kind: Literal["mean", "sum", "max", "presence"]


class FlattenEncoder(Encoder):
    """The token vectors of a fixed number of tokens one after the other; a shorter text ends in zeros."""

    kind: Literal["flatten"]
    max_tokens: Count


class RecurrentEncoder(Encoder):
    """Token vectors read in order, or in both directions; one layer for each entry of `units`."""

    kind: Literal["lstm", "bilstm"]
    units: Annotated[list[Count], Field(min_length=1)]
    pooling: Literal["last", "max"]


class CNNEncoder(Encoder):
    """Convolutions over neighbouring tokens, and the largest value of each filter (Kim, 2014)."""

    kind: Literal["cnn"]
    filters: Count  # of each width
    widths: Annotated[list[Count], Field(min_length=1)]  # in tokens


EncoderSettings = Annotated[
    PoolingEncoder | FlattenEncoder | RecurrentEncoder | CNNEncoder, Field(discriminator="kind")
]


class Training(Strict):
    """What all variants share."""

    replicates: Annotated[int, Field(ge=1, le=100)]
    seed: Seed
    label_budgets: list[Count] = []
    class_weights: Literal["none", "balanced"] = "none"
    deterministic_ops: bool = False
    tensorboard: bool = False


class Majority(Strict):
    """Always the most frequent class of train."""

    kind: Literal["majority"]


class Logistic(Strict):
    """Bag of n-grams and logistic regression; the inverse strength C is chosen on validation."""

    kind: Literal["logistic"]
    unit: Literal["words", "characters"] = "words"
    weighting: Literal["counts", "tfidf"]
    ngrams: Annotated[int, Field(ge=1, le=5)]
    min_count: Count
    strengths: Annotated[list[Rate], Field(min_length=1)]


Baseline = Annotated[Majority | Logistic, Field(discriminator="kind")]


# --- the whole ------------------------------------------------------------------------------------------------------

Names = Annotated[list[Name], Field(min_length=1)]


class Run(Strict):
    """The axes: each entry is a key of the catalogue of the same name."""

    vectorizers: Names
    vectors: Names
    tuning: Names
    encoders: Names
    baselines: Names


class Projector(Strict):
    """How many of the most frequent tokens the projector shows; TensorBoard reads 100,000 at most."""

    tokens: Annotated[int, Field(gt=0, le=100_000)]


class Intrinsic(Strict):
    """What vectors are asked without a classifier; entries are names of sets that gensim brings, or paths."""

    analogies: list[str]
    similarity: list[str]
    words: Count  # analogies are sought among the most frequent ones
    drift: Count  # words that are listed as most moved


class Compare(Strict):
    """Confidence of the intervals, and how many missing words coverage lists."""

    confidence: Share
    missing_words: Annotated[int, Field(gt=0, le=1000)]


class Export(Strict):
    """Which variant becomes a model that takes raw text; null is the selected one."""

    variant: str | None = None


class Report(Strict):
    """How many words the embedding map shows, how it places them, and how many texts stand in each list."""

    words: Annotated[int, Field(gt=0, le=5000)]
    labelled_words: Annotated[int, Field(gt=0, le=1000)]  # in the pictures of all variants
    method: Literal["tsne", "pca"]
    texts: Annotated[int, Field(ge=0, le=1000)]


class Track(Strict):
    """Seconds to wait for an MLflow server."""

    timeout: Count


class Variant(NamedTuple):
    """One cell of the experiment: the value of every axis."""

    vectorizer: str
    vectors: str
    tuning: str
    encoder: str

    @property
    def name(self) -> str:
        """The name in paths, stages and the leaderboard."""
        return "-".join(self)


class Settings(Strict):
    """The whole of params.yaml."""

    dataset: Name
    input: str
    run: Run
    datasets: dict[Name, Dataset]
    vectorizers: dict[Name, Vectorizer]
    vectors: dict[Name, VectorSource]
    vocabulary: VocabularySettings
    tuning: dict[Name, Tuning]
    encoders: dict[Name, EncoderSettings]
    training: Training
    baselines: dict[Name, Baseline]
    projector: Projector
    intrinsic: Intrinsic
    compare: Compare
    export: Export
    report: Report
    track: Track

    @property
    def variants(self) -> list[Variant]:
        """The cells of the run, in the order of the axes."""
        run = self.run
        return [Variant(*cell) for cell in itertools.product(run.vectorizers, run.vectors, run.tuning, run.encoders)]


def load(path: Path = PARAMS) -> Settings:
    """Read and check params.yaml.

    Raises:
        UserError: The file is missing, is not YAML, or a key or value is not allowed.
    """
    try:
        return parse(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run from the project's root, or `git restore {path}`") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8: {error}") from None


def used_by_run(found: Settings) -> dict[str, Any]:
    """Keep the part of params.yaml that the run uses; of a path its name alone."""
    everything = found.model_dump()
    used = {axis: {name: everything[axis][name] for name in names} for axis, names in everything["run"].items()}
    for entry in used["vectors"].values():
        if "path" in entry:
            entry["path"] = Path(entry["path"]).name
    shared = {key: everything[key] for key in ("vocabulary", "training", "compare")}
    return {"dataset": everything["datasets"][found.dataset], **used, **shared}


def parse(text: str, path: Path = PARAMS) -> Settings:
    """Check the text of params.yaml; `path` is what errors call it.

    Raises:
        UserError: It is not YAML, or a key or value is not allowed.
    """
    try:
        values = YAML(typ="safe", pure=True).load(text)
        settings = Settings.model_validate(values)
    except YAMLError as error:
        raise UserError(f"{path}: not valid YAML: {one_line(str(error))}") from None
    except ValidationError as error:
        raise UserError(f"{path}: {_explain(error, values)}") from None
    try:
        _check_axes(settings)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    return settings


def _explain(error: ValidationError, values: object) -> str:
    """Say the first fault as ``encoders.mean.epochs: found 0; ...`` and count the others."""
    faults = error.errors(include_url=False)
    first = faults[0]
    where, context = _path(first["loc"], values, first["type"] == "missing"), first.get("ctx", {})
    match first["type"]:
        case "union_tag_invalid":
            key = context["discriminator"].strip("'")
            expected = context["expected_tags"].replace("'", "").split(", ")
            text = f"{where}.{key}: found {context['tag']!r}; {allowed(context['tag'], expected)}"
        case "union_tag_not_found":
            text = f"{where}: {context['discriminator']} is missing"
        case "missing":
            text = f"{where}: missing"
        case "string_pattern_mismatch":
            text = f"{where}: found {first['input']!r}; a name is made of letters, digits, - and _"
        case "unknown_key":
            text = f"{where}: {first['msg']}"
        case _:
            found = "" if isinstance(first["input"], dict) else f"found {first['input']!r}; "
            text = f"{where}: {found}{_plain(first['msg'])}"
    return text.lstrip(".: ") + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else "")


def _plain(message: str) -> str:
    """Say pydantic's message in the words of YAML."""
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return re.sub(r"should be a valid dictionary or .*", "should be a mapping", message)


def _path(location: tuple[int | str, ...], values: Any, missing: bool) -> str:
    """Join a fault's location as it stands in the file: pydantic adds the chosen member of a union, which is no key."""
    path = []
    for position, part in enumerate(location):
        absent_key = missing and position == len(location) - 1
        if isinstance(values, dict) and part not in values and not absent_key:
            continue
        if part == "[key]":
            continue
        path.append(str(part))
        if isinstance(values, dict | list) and not absent_key:
            values = values[part]  # type: ignore[index]  # a key of a mapping or a position in a list
    return ".".join(path)


def _check_axes(settings: Settings) -> None:
    """Hold the run against the catalogues: every value known, none twice, and every cell makes sense."""
    if settings.dataset not in settings.datasets:
        raise UserError(f"dataset: found '{settings.dataset}'; {allowed(settings.dataset, settings.datasets)}")
    for axis in Run.model_fields:
        catalogue, values = getattr(settings, axis), getattr(settings.run, axis)
        for value in values:
            if value not in catalogue:
                raise UserError(f"run.{axis}: '{value}' is not in the catalogue `{axis}`; {allowed(value, catalogue)}")
            if values.count(value) > 1:
                raise UserError(f"run.{axis}: '{value}' stands there twice; name each value once")
    _check_cells(settings)


def _check_cells(settings: Settings) -> None:
    names = [variant.name for variant in settings.variants] + settings.run.baselines
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"run: two rows would be called '{name}'; rename a catalogue entry")
    if (chosen := settings.export.variant) and chosen not in names[: len(settings.variants)]:
        hint = allowed(chosen, names[: len(settings.variants)])
        raise UserError(f"export.variant: found '{chosen}'; null is the selected variant; {hint}")
    for vectors in settings.run.vectors:
        source = settings.vectors[vectors]
        if isinstance(source, TrainedVectors) and source.texts:
            _check_own_texts(settings, vectors)
        hashed = [name for name in settings.run.vectorizers if settings.vectorizers[name].buckets]
        if hashed and isinstance(source, PretrainedVectors):
            raise UserError(
                f"run: '{hashed[0]}' hashes words into buckets, for which '{vectors}' has no vectors; "
                "use random vectors, some that are trained here, or a vectorizer without buckets"
            )
        if isinstance(source, RandomVectors) and isinstance(source.missing, FixedRows):
            raise UserError(
                f"run.vectors: '{vectors}' with `missing: {source.missing.policy}` gives every word the same row; "
                "use normal or uniform, or drop it from run.vectors"
            )


def _check_own_texts(settings: Settings, vectors: str) -> None:
    for name in settings.run.vectorizers:
        vectorizer = settings.vectorizers[name]
        if vectorizer.pieces or vectorizer.ngrams > 1 or vectorizer.buckets:
            raise UserError(
                f"run: the `texts` of '{vectors}' are cut into single words or characters, and the tokens of '{name}' "
                "are others; drop `texts`, or choose another vectorizer"
            )
