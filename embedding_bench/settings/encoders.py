"""`encoders`: token vectors -> one vector per text."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Catalogue
from embedding_bench.core.schema import Count, Rate, Strict
from embedding_bench.settings.search import Searchable


class Encoder(Searchable):
    """The settings of every encoder."""

    max_tokens: Count | None = None  # longer texts are cut; null: whole texts
    hidden: Count | None = None  # units of a dense layer with ReLU between encoder and classes
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    batch_size: Count
    learning_rate: Rate
    epochs: Count
    patience: Count

    @property
    def distinct(self) -> bool:
        """Whether the encoder reads each token of a text once, however often it occurs."""
        return False

    @property
    def longest_ngram(self) -> int | None:
        """Tokens of the longest n-gram that has a vector; None where only tokens have."""
        return None

    @property
    def ordered(self) -> bool:
        """Whether the encoder reads which tokens are adjacent."""
        return True

    @property
    def linear_head(self) -> bool:
        """Whether classes are a linear function of what the encoder returns, in training, too."""
        return not (self.hidden or self.dropout)

    @property
    def convex(self) -> bool:
        """Whether only a linear head is left to train where the vectors of tokens are frozen."""
        return False


class Ngrams(Strict):
    """Vectors of adjacent tokens beside those of tokens (Joulin et al., 2017): the frequent ones of train.

    They start from zero and are learned even where the vectors of tokens are frozen.
    """

    longest: Annotated[int, Field(ge=2, le=5)]  # in tokens
    size: Count  # most frequent ones kept
    min_count: Count  # in train
    learning_rate: Rate  # by row-wise Adagrad


class PoolingEncoder(Encoder):
    """The average, sum or largest values of a text's token vectors, in any order.

    For `presence`, a token counts once however often it occurs in a text (Pang, Lee and Vaithyanathan, 2002). Weighted
    by `naive-bayes`, vectors are multiplied by what their token tells of the classes, and learn in proportion to it.
    """

    kind: Literal["mean", "sum", "max", "presence"]
    weighting: Literal["none", "naive-bayes"] = "none"
    ngrams: Ngrams | None = None

    @property
    def distinct(self) -> bool:
        """Whether the encoder reads each token of a text once, however often it occurs."""
        return self.kind == "presence"

    @property
    def longest_ngram(self) -> int | None:
        """Tokens of the longest n-gram that has a vector; None where only tokens have."""
        return self.ngrams.longest if self.ngrams else None

    @property
    def ordered(self) -> bool:
        """Whether the encoder reads which tokens are adjacent."""
        return self.ngrams is not None

    @property
    def convex(self) -> bool:
        """Whether only a linear head is left to train where the vectors of tokens are frozen."""
        return self.linear_head and not self.ngrams


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


ENCODERS = Catalogue[EncoderSettings]("encoders", TypeAdapter(EncoderSettings))
