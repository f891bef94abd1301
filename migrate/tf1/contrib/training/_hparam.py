"""Hyperparameters with names, types and values, which a text may change."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from numbers import Integral, Number
from typing import Any

_ASSIGNMENT = re.compile(
    r"(?P<name>[a-zA-Z][\w\.]*)(\[\s*(?P<index>\d+)\s*\])?\s*=\s*"
    r"((?P<value>[^,\[]*)|\[(?P<values>[^\]]*)\])($|,\s*)"
)


def parse_values(values: str, type_map: dict[str, type], ignore_unknown: bool = False) -> dict[str, Any]:
    """Reads `a=1,b=[0.1,0.2],c[2]=x` as `{"a": 1, "b": [0.1, 0.2], "c": {2: "x"}}`."""
    found: dict[str, Any] = {}
    position = 0
    while position < len(values):
        match = _ASSIGNMENT.match(values, position)
        if match is None:
            raise ValueError(f"Malformed hyperparameter value: {values[position:]}")
        position = match.end()
        name = match["name"]
        if name in type_map:
            _read(name, match, type_map[name], values, found)
        elif not ignore_unknown:
            raise ValueError(f"Unknown hyperparameter type for {name}")
    return found


def _read(name: str, match: re.Match[str], kind: type, values: str, found: dict[str, Any]) -> None:
    parse: Callable[[str], Any] = _boolean if kind is bool else kind
    text = match["value"] if match["value"] is not None else match["values"]
    try:
        if match["value"] is None:
            if match["index"] is not None:
                raise ValueError("Assignment of a list to a list index.")
            parsed: Any = [parse(each) for each in re.split("[ ,]", text) if each]
        else:
            parsed = parse(text)
    except ValueError as error:
        raise ValueError(
            f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}' in {values}"
        ) from error
    if match["index"] is None:
        if name in found:
            raise ValueError(f"Multiple assignments to variable '{name}' in {values}")
        found[name] = parsed
        return
    entries = found.setdefault(name, {})
    if not isinstance(entries, dict) or int(match["index"]) in entries:
        raise ValueError(f"Multiple assignments to variable '{name}' in {values}")
    entries[int(match["index"])] = parsed


def _boolean(text: str) -> bool:
    return text in ("true", "True") or (text not in ("false", "False") and bool(int(text)))


def _cast(name: str, kind: type, value: Any) -> Any:
    """The value as the hyperparameter's type, where nothing is lost but a number's kind."""
    if type(value) is kind or kind is type(None):
        return value
    fits = issubclass(kind, bool) == isinstance(value, bool)
    fits = fits and (not issubclass(kind, str | bytes) or isinstance(value, str | bytes))
    fits = fits and (not issubclass(kind, Integral) or isinstance(value, Integral))
    fits = fits and (not issubclass(kind, Number) or isinstance(value, Number))
    if not fits:
        raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    return kind(value)


class HParams:
    """Hyperparameters as attributes, of the types that their first values have."""

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        if hparam_def:
            raise ValueError(
                "HParams: migrate.tf1 does not support `hparam_def`, a protocol buffer; give the values by name."
            )
        self._hparam_types: dict[str, tuple[type, bool]] = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Adds a hyperparameter."""
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        if isinstance(value, list | tuple):
            if not value:
                raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
            self._hparam_types[name] = (type(value[0]), True)
        else:
            self._hparam_types[name] = (type(value), False)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Changes a hyperparameter to a value of its type."""
        kind, many = self._hparam_types[name]
        if isinstance(value, list):
            if not many:
                raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
            setattr(self, name, [_cast(name, kind, each) for each in value])
        else:
            if many:
                raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
            setattr(self, name, _cast(name, kind, value))

    def del_hparam(self, name: str) -> None:
        """Removes a hyperparameter, if it is there."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> HParams:
        """Changes what a text such as `a=1,b=[0.1,0.2]` says."""
        return self.override_from_dict(
            parse_values(values, {name: kind for name, (kind, _) in self._hparam_types.items()})
        )

    def override_from_dict(self, values_dict: dict[str, Any]) -> HParams:
        """Changes what a dictionary says."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def set_from_map(self, values_map: dict[str, Any]) -> HParams:
        """The same as `override_from_dict`."""
        return self.override_from_dict(values_map)

    def parse_json(self, values_json: str) -> HParams:
        """Changes what a JSON object says."""
        return self.override_from_dict(json.loads(values_json))

    def to_json(self, indent: int | None = None, separators: Any = None, sort_keys: bool = False) -> str:
        """All values as a JSON object."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def values(self) -> dict[str, Any]:
        """All values by name."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """A value, or the default, which must be of the type that the hyperparameter has."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            kind, many = self._hparam_types[key]
            if many != isinstance(default, list):
                raise ValueError(f"Hparam '{key}' is incompatible with default={default}")
            for each in default if many else [default]:
                _cast(key, kind, each)
        return getattr(self, key)

    def set_model_structure(self, model_structure: Any) -> None:
        """Keeps it."""
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        """What was kept."""
        return self._model_structure

    def __contains__(self, key: str) -> bool:
        return key in self._hparam_types

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self.values().items())})"
