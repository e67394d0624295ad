"""`vocabulary`: which tokens of the corpus get a row."""

from pydantic import TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Count, Strict


class VocabularySettings(Strict):
    """The corpus vocabulary: the `size` most frequent tokens that occur at least `min_count` times."""

    size: Count
    min_count: Count


VOCABULARY = Section("vocabulary", TypeAdapter(VocabularySettings))
