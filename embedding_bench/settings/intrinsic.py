"""`intrinsic`: settings of the stage of that name."""

from pydantic import TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Count, Strict


class Intrinsic(Strict):
    """What vectors are asked without a classifier; entries are names of sets that gensim brings, or paths."""

    analogies: list[str]
    similarity: list[str]
    words: Count  # analogies are sought among the most frequent ones
    drift: Count  # words that are listed as most moved


INTRINSIC = Section("intrinsic", TypeAdapter(Intrinsic))
