"""`search`, and `space` in the catalogues: which values of a setting are tried."""

from copy import deepcopy
from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Seed, Strict


class Search(Strict):
    """How many settings are drawn for each variant and each baseline, beside that of its catalogues."""

    trials: Annotated[int, Field(ge=0, le=1000)]
    seed: Seed


Bound = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Range(Strict):
    """Values between two, spread evenly on a logarithmic scale."""

    low: Bound
    high: Bound

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"found low {self.low:g} and high {self.high:g}; the lower one comes first")
        return self


Values = dict[str, Any]  # by the keys of a space
Space = dict[str, Range | list[Any]]


class Searchable(Strict):
    """An entry of a catalogue, with the `space` of some of its values; of a nested one, ``ngrams.size``."""

    space: Space = {}

    @field_validator("space", mode="before")
    @classmethod
    def _lists_and_ranges(cls, space: Any) -> Any:
        """Tell lists from ranges here, because a union's errors name neither."""
        if not isinstance(space, dict):
            raise ValueError("expected a mapping of settings to a list or a range of values")
        return {key: _choices(key, values) for key, values in space.items()}

    @model_validator(mode="after")
    def _space_is_allowed(self) -> Self:
        for key, values in self.space.items():
            if outer := next((other for other in self.space if key.startswith(f"{other}.")), None):
                raise ValueError(f"space.{key}: is a part of {outer!r}, which is in the space, too; drop one of them")
            for value in [values.low, values.high] if isinstance(values, Range) else values:
                try:
                    self.at({key: value})
                except ValidationError as error:
                    fault = error.errors(include_url=False)[0]
                    message = fault["msg"].removeprefix("Value error, ")
                    raise ValueError(f"space.{key}: found {value!r}: {message}") from None
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
            inner[last] = deepcopy(value)
        return type(self).model_validate(plain)

    def value(self, key: str) -> Any:
        """Return the value of a key of the space."""
        inner: Any = self.plain()
        for part in key.split("."):
            inner = inner[part]
        return inner


def _choices(key: Any, values: Any) -> Range | list[Any]:
    if key == "space":
        raise ValueError("space.space: a space has no values of its own")
    if isinstance(values, list) and len(values) > 1:
        return values
    if isinstance(values, Range):
        return values
    if isinstance(values, dict):
        try:
            return Range.model_validate(values)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            where = ".".join(map(str, ("space", key, *fault["loc"])))
            raise ValueError(f"{where}: {fault['msg'].removeprefix('Value error, ')}") from None
    raise ValueError(f"space.{key}: found {values!r}; expected two values or more, or {{low: 0.001, high: 0.1}}")


SEARCH = Section("search", TypeAdapter(Search))
