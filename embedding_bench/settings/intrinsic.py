"""`intrinsic`: settings of the stage of that name."""

from pydantic import TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Count, Strict


class Intrinsic(Strict):
    """Question sets for the vectors themselves, each a name of a set that gensim brings or a path."""

    analogies: list[str]
    similarity: list[str]
    words: Count  # answers of analogies are searched among the most frequent ones
    drift: Count  # number of words listed as most moved


INTRINSIC = Section("intrinsic", TypeAdapter(Intrinsic))
