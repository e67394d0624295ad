"""`compare`: settings of selection and comparison."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Share, Strict

SelectBy = Literal["accuracy", "macro_f1"]


class Compare(Strict):
    """What selects on validation, confidence of the intervals, and how many missing words coverage lists."""

    select_by: SelectBy
    confidence: Share
    missing_words: Annotated[int, Field(gt=0, le=1000)]


COMPARE = Section("compare", TypeAdapter(Compare))
# Training selects epochs by it; the rest of `compare` must not train anew.
SELECT_BY = Section[SelectBy]("compare.select_by", TypeAdapter(SelectBy))
