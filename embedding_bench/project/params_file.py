"""Changing values in the text of params.yaml, which keeps its comments and its layout."""

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

NULL = "tag:yaml.org,2002:null"


def change(text: str, changes: dict[str, Any]) -> str:
    """Return params.yaml with other values, nested as it is; a new entry of a catalogue is added at its end."""
    yaml = _yaml()
    values = yaml.load(text)
    _update(values, changes)
    written = io.StringIO()
    yaml.dump(values, written)
    return written.getvalue()


def dump(values: dict[str, Any]) -> str:
    """Write values as they would stand in params.yaml."""
    written = io.StringIO()
    _yaml().dump({key: _catalogue(value) for key, value in values.items()}, written)
    return written.getvalue()


def _yaml() -> YAML:
    yaml = YAML(pure=True)
    yaml.width = 4096
    yaml.preserve_quotes = True
    yaml.representer.add_representer(type(None), lambda dumper, _: dumper.represent_scalar(NULL, "null"))
    return yaml


def _update(values: CommentedMap, changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, dict) and value and isinstance(values.get(key), dict) and values[key]:
            _update(values[key], value)
        elif key in values:
            values[key] = _flow(value)
        else:
            _append(values, key, _entry(value))


def _catalogue(value: Any) -> Any:
    """Write a mapping of entries in block style, too."""
    return (
        CommentedMap({key: _entry(inner) for key, inner in value.items()}) if isinstance(value, dict) else _flow(value)
    )


def _entry(value: Any) -> Any:
    """Write a new entry in block style, and what it holds in flow style."""
    if not isinstance(value, dict):
        return _flow(value)
    return CommentedMap({key: _flow(inner) for key, inner in value.items()})


def _flow(value: Any) -> Any:
    """Write a list or a mapping in one line: `[title, description]`."""
    if isinstance(value, dict):
        mapping = CommentedMap(value)
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq(value)
        sequence.fa.set_flow_style()
        return sequence
    return value


def _append(values: CommentedMap, key: str, value: Any) -> None:
    """Add a key behind the last one, before the empty line and the comments that follow the mapping."""
    last = _innermost(values)
    comment = last[0].ca.items.pop(last[1], None)
    values[key] = value
    if comment is not None:
        mapping, position = _innermost(values)
        mapping.ca.items[position] = comment


def _innermost(values: CommentedMap) -> tuple[Any, Any]:
    """Find the last scalar of a mapping: ruamel attaches what follows to it."""
    key = list(values)[-1]
    inner = values[key]
    return (
        _innermost(inner) if isinstance(inner, CommentedMap) and inner and not inner.fa.flow_style() else (values, key)
    )
