"""`compare`: settings of the stage of that name."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Share, Strict


class Compare(Strict):
    """Confidence of the intervals, and how many missing words coverage lists."""

    confidence: Share
    missing_words: Annotated[int, Field(gt=0, le=1000)]


COMPARE = Section("compare", TypeAdapter(Compare))
