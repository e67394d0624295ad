"""`vectorizers`: text -> token ids."""

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from embedding_bench.core.params import Catalogue
from embedding_bench.core.schema import Count, Strict


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


VECTORIZERS = Catalogue("vectorizers", TypeAdapter(Vectorizer))
