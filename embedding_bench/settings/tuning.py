"""`tuning`: does training move the embedding matrix?"""

from typing import Annotated, Self

from pydantic import Field, TypeAdapter, model_validator

from embedding_bench.core.params import Catalogue
from embedding_bench.core.schema import Rate
from embedding_bench.settings.search import Searchable


class Tuning(Searchable):
    """Does training move the embedding matrix, and how fast?"""

    trainable: bool
    learning_rate: Rate | None = None  # of the embedding, by row-wise Adagrad
    frozen_epochs: Annotated[int, Field(ge=0)] = 0  # before it is released
    control: bool = False  # frozen random vectors, too: they show what an encoder does without knowing any word

    @model_validator(mode="after")
    def _rate_if_trainable(self) -> Self:
        if self.trainable and self.learning_rate is None:
            raise ValueError("a fine-tuned embedding needs a learning_rate, such as 0.05 (row-wise Adagrad)")
        if not self.trainable and self.learning_rate is not None:
            raise ValueError("a frozen embedding has no learning rate; drop it or set trainable: true")
        if not self.trainable and self.frozen_epochs:
            raise ValueError("frozen_epochs belong to a fine-tuned embedding; drop them or set trainable: true")
        if self.trainable and self.control:
            raise ValueError("control is for a frozen embedding; drop it or set trainable: false")
        return self

    def leaves_out(self, source: str) -> bool:
        """Tell whether vectors of this source are not trained: random ones that stay random, unless as a control."""
        return source == "random" and not self.trainable and not self.control


TUNING = Catalogue("tuning", TypeAdapter(Tuning))
