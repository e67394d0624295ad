"""`training`: settings that all variants share."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Count, Seed, Strict


class Training(Strict):
    """Replicates, seeds, label budgets and class weights of every variant."""

    replicates: Annotated[int, Field(ge=1, le=100)]
    seed: Seed
    label_budgets: list[Count] = []
    class_weights: Literal["none", "balanced"] = "none"
    devices: Count = 1  # that share every batch; more give other bytes
    deterministic_ops: bool = False
    tensorboard: bool = False


TRAINING = Section("training", TypeAdapter(Training))
