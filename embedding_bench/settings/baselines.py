"""`baselines`: classifiers without embeddings."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from embedding_bench.core.params import Catalogue
from embedding_bench.core.schema import Count, Rate
from embedding_bench.settings.search import Searchable


class Majority(Searchable):
    """Always the most frequent class of train."""

    kind: Literal["majority"]


class Logistic(Searchable):
    """Bag of n-grams and logistic regression; the inverse strength C is chosen on validation."""

    kind: Literal["logistic"]
    unit: Literal["words", "characters"] = "words"
    weighting: Literal["counts", "tfidf", "naive-bayes"]
    ngrams: Annotated[int, Field(ge=1, le=5)]
    min_count: Count
    strengths: Annotated[list[Rate], Field(min_length=1)]


Baseline = Annotated[Majority | Logistic, Field(discriminator="kind")]


BASELINES = Catalogue[Baseline]("baselines", TypeAdapter(Baseline))
