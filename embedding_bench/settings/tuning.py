"""`tuning`: does training move the embedding matrix?"""

from typing import Annotated, Self

from pydantic import Field, TypeAdapter, model_validator

from embedding_bench.core.params import Catalogue
from embedding_bench.core.schema import Rate, Strict


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


TUNING = Catalogue("tuning", TypeAdapter(Tuning))
