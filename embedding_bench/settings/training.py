"""`training`: settings that all variants share."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Count, Seed, Strict

ClassWeights = Literal["none", "balanced"]


class Training(Strict):
    """Replicates, seeds, label budgets and class weights of every variant."""

    replicates: Annotated[int, Field(ge=1, le=100)]
    seed: Seed
    label_budgets: list[Count] = []
    class_weights: ClassWeights = "none"
    devices: Count = 1  # that share every batch; more give other bytes
    deterministic_ops: bool = False
    tensorboard: bool = False


TRAINING = Section("training", TypeAdapter(Training))
# A search depends on these alone: other replicates do not search again.
CLASS_WEIGHTS = Section[ClassWeights]("training.class_weights", TypeAdapter(ClassWeights))
DEVICES = Section[int]("training.devices", TypeAdapter(Count))
DETERMINISTIC_OPS = Section[bool]("training.deterministic_ops", TypeAdapter(bool))
