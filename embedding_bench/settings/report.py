"""`report`: settings of the stage of that name."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Strict


class Report(Strict):
    """Number of words on the embedding map, its method, and the number of texts in each list."""

    words: Annotated[int, Field(gt=0, le=5000)]
    labelled_words: Annotated[int, Field(gt=0, le=1000)]  # in the pictures of all variants
    method: Literal["tsne", "pca"]
    texts: Annotated[int, Field(ge=0, le=1000)]


REPORT = Section("report", TypeAdapter(Report))
