"""`run`: the axes of the experiment and their cells."""

import itertools
from typing import Annotated, NamedTuple

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Name, Strict

Names = Annotated[list[Name], Field(min_length=1)]


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


class Run(Strict):
    """The axes: each entry is a key of the catalogue of the same name."""

    vectorizers: Names
    vectors: Names
    tuning: Names
    encoders: Names
    baselines: Names

    @property
    def cells(self) -> list[Variant]:
        """The cells of the factorial, in the order of the axes."""
        return [
            Variant(*cell) for cell in itertools.product(self.vectorizers, self.vectors, self.tuning, self.encoders)
        ]


RUN = Section("run", TypeAdapter(Run))
