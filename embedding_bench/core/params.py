"""params.yaml, of which each stage parses only the sections that it declares in dvc.yaml."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from embedding_bench.core.errors import UserError, allowed, one_line

PARAMS = Path("params.yaml")

Value = TypeVar("Value")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Section(Generic[Value]):
    """A key of params.yaml with the type of its value; of a nested one, ``section.key``."""

    key: str
    adapter: TypeAdapter[Value]


@dataclass(frozen=True)
class Catalogue(Generic[Value]):
    """A top-level key of params.yaml whose value maps names to entries of one type."""

    key: str
    adapter: TypeAdapter[Value]


@dataclass(frozen=True)
class Params:
    """The plain values of params.yaml; `path` is the file that error messages name.

    Every method raises UserError where a value is missing or not allowed.
    """

    values: dict[str, Any]
    path: Path = PARAMS

    @classmethod
    def read(cls, path: Path = PARAMS) -> "Params":
        """Read params.yaml.

        Raises:
            UserError: The file is missing or is not a YAML mapping.
        """
        try:
            return cls.parse(path.read_text(encoding="utf-8"), path)
        except FileNotFoundError:
            raise UserError(f"{path}: no such file; run from the project's root, or `git restore {path}`") from None
        except UnicodeDecodeError as error:
            raise UserError(f"{path}: not UTF-8: {error}") from None

    @classmethod
    def parse(cls, text: str, path: Path = PARAMS) -> "Params":
        """Parse the text of params.yaml.

        Raises:
            UserError: The text is not a YAML mapping.
        """
        try:
            values = YAML(typ="safe", pure=True).load(text)
        except YAMLError as error:
            raise UserError(f"{path}: not valid YAML: {one_line(str(error))}") from None
        if not isinstance(values, dict):
            raise UserError(f"{path}: found {values!r:.40}; expected a mapping of sections")
        return cls(values, path)

    def section(self, section: Section[Value]) -> Value:
        """Parse a section."""
        return self._parse(section.adapter, self._value(section.key), section.key)

    def entry(self, catalogue: Catalogue[Value], name: str) -> Value:
        """Parse one entry of a catalogue."""
        entries = self._entries(catalogue.key)
        if name not in entries:
            raise UserError(f"{self.path}: {catalogue.key}: no entry '{name}'; {allowed(name, entries)}")
        return self._parse(catalogue.adapter, entries[name], f"{catalogue.key}.{name}")

    def catalogue(self, catalogue: Catalogue[Value]) -> dict[str, Value]:
        """Parse all entries of a catalogue."""
        return {name: self.entry(catalogue, name) for name in self._entries(catalogue.key)}

    def part(self, model: type[Model]) -> Model:
        """Parse the sections that are fields of `model`, and no others."""
        present = {key: value for key, value in self.values.items() if key in model.model_fields}
        return self._parse(TypeAdapter(model), present, "")

    def complete(self, model: type[Model]) -> Model:
        """Parse all sections as fields of `model`; one that it lacks is an error."""
        return self._parse(TypeAdapter(model), self.values, "")

    def _value(self, key: str) -> Any:
        value: Any = self.values
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                raise UserError(f"{self.path}: {key}: missing")
            value = value[part]
        return value

    def _entries(self, key: str) -> dict[str, Any]:
        entries = self._value(key)
        if not isinstance(entries, dict):
            raise UserError(f"{self.path}: {key}: found {entries!r:.40}; expected a mapping of names to entries")
        return entries

    def _parse(self, adapter: TypeAdapter[Value], value: Any, where: str) -> Value:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            raise UserError(f"{self.path}: {_explain(error, value, where)}") from None


def _explain(error: ValidationError, values: object, parent: str) -> str:
    """Describe the first fault as ``encoders.mean.epochs: found 0; ...`` and count the others."""
    faults = error.errors(include_url=False)
    first = faults[0]
    where, context = _path(first["loc"], values, first["type"] == "missing"), first.get("ctx", {})
    where = ".".join(filter(None, (parent, where)))
    match first["type"]:
        case "union_tag_invalid":
            key = context["discriminator"].strip("'")
            expected = context["expected_tags"].replace("'", "").split(", ")
            text = f"{where}.{key}: found {context['tag']!r}; {allowed(context['tag'], expected)}"
        case "union_tag_not_found":
            text = f"{where}: {context['discriminator']} is missing"
        case "missing":
            text = f"{where}: missing"
        case "string_pattern_mismatch":
            text = f"{where}: found {first['input']!r}; use letters, digits, - and _"
        case "unknown_key":
            text = f"{where}: {first['msg']}"
        case _:
            given = "" if isinstance(first["input"], dict) else f"found {first['input']!r}; "
            text = f"{where}: {given}{_plain(first['msg'])}"
    return text.lstrip(".: ") + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else "")


def _plain(message: str) -> str:
    """Translate pydantic's message into the words of YAML."""
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return re.sub(r"should be a valid dictionary or .*", "should be a mapping", message)


def _path(location: tuple[int | str, ...], values: Any, missing: bool) -> str:
    """Join the keys of a fault's location; pydantic adds the chosen member of a union, which is no key."""
    path = []
    for position, part in enumerate(location):
        absent_key = missing and position == len(location) - 1
        if isinstance(values, dict) and part not in values and not absent_key:
            continue
        if part == "[key]":
            continue
        path.append(str(part))
        if isinstance(values, dict | list) and not absent_key:
            values = values[part]  # type: ignore[index]  # a key of a mapping or a position in a list
    return ".".join(path)
