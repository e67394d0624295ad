"""`vectors`: sources of word vectors."""

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from embedding_bench.core.params import Catalogue
from embedding_bench.core.schema import Count, Rate, Seed, Strict
from embedding_bench.settings.search import Searchable


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


class DrawnRows(Strict):
    """How rows without a vector are drawn; `dimensions` are those of random vectors, None where some are given."""

    missing: MissingRows
    dimensions: Count | None = None


class Vectors(Searchable):
    """The settings of every source: whose vocabulary is used, and what fills rows without a vector."""

    vocabulary: Literal["corpus", "own"] = "corpus"
    fallbacks: list[Literal["lower", "title", "upper"]] = []
    missing: MissingRows

    @property
    def drawn(self) -> DrawnRows:
        """What a search may vary; other settings make other vectors, which are an entry of their own."""
        return DrawnRows(missing=self.missing)

    @model_validator(mode="after")
    def _space_of_drawn_rows(self) -> Self:
        for key in self.space:
            if key.partition(".")[0] not in self.drawn.model_fields_set:
                raise ValueError(
                    f"space.{key}: found, but it makes other vectors; give them an entry of their own, and list both "
                    "in run.vectors"
                )
        return self


class RandomVectors(Vectors):
    """No vectors at all: every row is missing."""

    source: Literal["random"]
    dimensions: Count
    vocabulary: Literal["corpus"] = "corpus"

    @model_validator(mode="after")
    def _rows_that_differ(self) -> Self:
        if isinstance(self.missing, FixedRows):
            raise ValueError(f"`missing: {self.missing.policy}` gives every word the same row; use normal or uniform")
        return self

    @property
    def drawn(self) -> DrawnRows:
        """What a search may vary."""
        return DrawnRows(missing=self.missing, dimensions=self.dimensions)


class TrainedVectors(Vectors):
    """Vectors trained here, on the corpus's train and unlabeled texts or on text files of the user."""

    texts: list[str] = []  # files, a text on each line; []: the corpus
    dimensions: Count
    window: Count
    min_count: Count
    seed: Seed


class PredictiveVectors(TrainedVectors):
    """The settings that gensim's word2vec and fastText share."""

    algorithm: Literal["skipgram", "cbow"]
    negative: Annotated[int, Field(ge=0)]  # 0: hierarchical softmax
    epochs: Count
    max_texts: Count | None = None  # train on a random sample of so many
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
    """Vectors trained elsewhere."""

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


VECTORS = Catalogue[VectorSource]("vectors", TypeAdapter(VectorSource))
