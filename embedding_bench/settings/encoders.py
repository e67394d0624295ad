"""`encoders`: token vectors -> one vector per text."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Catalogue
from embedding_bench.core.schema import Count, Rate, Strict


class Encoder(Strict):
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


class PoolingEncoder(Encoder):
    """The average, sum or largest values of a text's token vectors, in any order.

    For `presence`, a token counts once however often it occurs in a text (Pang, Lee and Vaithyanathan, 2002).
    """

    kind: Literal["mean", "sum", "max", "presence"]

    @property
    def distinct(self) -> bool:
        """Whether the encoder reads each token of a text once, however often it occurs."""
        return self.kind == "presence"


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
