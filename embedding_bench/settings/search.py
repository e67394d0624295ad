"""`search`, and `space` in the catalogues: which values of a setting are tried."""

from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Rate, Seed, Strict


class Search(Strict):
    """How many settings are drawn for each variant and each baseline, beside that of its catalogues."""

    trials: Annotated[int, Field(ge=0, le=1000)]
    seed: Seed


class Range(Strict):
    """Values between two, spread evenly on a logarithmic scale."""

    low: Rate
    high: Rate

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"found low {self.low:g} and high {self.high:g}; the lower one comes first")
        return self


Values = dict[str, Any]  # by the keys of a space
Choices = Annotated[list[Any], Field(min_length=2)]
Space = dict[str, Range | Choices]


class Searchable(Strict):
    """An entry of a catalogue, with the `space` of some of its values; of a nested one, ``ngrams.size``."""

    space: Space = {}

    @model_validator(mode="after")
    def _space_is_allowed(self) -> Self:
        for key, values in self.space.items():
            for value in [values.low, values.high] if isinstance(values, Range) else values:
                try:
                    self.at({key: value})
                except ValidationError as error:
                    fault = error.errors(include_url=False)[0]
                    raise ValueError(f"space.{key}: found {value!r}: {fault['msg']}") from None
        return self

    def plain(self) -> dict[str, Any]:
        """Return the values of the entry, without its space."""
        return self.model_dump(exclude={"space"})

    def at(self, values: Values) -> Self:
        """Return the entry with these values, by the keys of its space, and without a space.

        Raises:
            ValidationError: A value is not allowed.
        """
        plain = self.plain()
        for key, value in values.items():
            *parents, last = key.split(".")
            inner: Any = plain
            for parent in parents:
                inner = inner.get(parent)
                if not isinstance(inner, dict):
                    raise ValueError(f"space.{key}: there is no {parent!r}")
            inner[last] = value
        return type(self).model_validate(plain)

    def value(self, key: str) -> Any:
        """Return the value of a key of the space."""
        inner: Any = self.plain()
        for part in key.split("."):
            inner = inner[part]
        return inner


SEARCH = Section("search", TypeAdapter(Search))
