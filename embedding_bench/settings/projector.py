"""`projector`: settings of the stage of that name."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Strict


class Projector(Strict):
    """How many of the most frequent tokens the projector shows; TensorBoard reads 100,000 at most."""

    tokens: Annotated[int, Field(gt=0, le=100_000)]


PROJECTOR = Section("projector", TypeAdapter(Projector))
