"""Feature specs in JSON: `{FEATURE: {"dtype", "shape", "default", "input"}}`, all four optional."""

from __future__ import annotations

import json
from typing import Any

from migrate.errors import MigrateError
from migrate.graph.examples.defaults import default_of_json
from migrate.graph.examples.spec import FeatureSpec, check_dtype, check_shape

_FIELDS = ("dtype", "shape", "default", "input")
_FORM = '{"x": {"dtype": "float32", "shape": [4]}}'


class _TwiceError(ValueError):
    """A key that an object has twice; JSON parsers keep the last one in silence."""


def specs_of_json(text: str, where: str) -> tuple[FeatureSpec, ...]:
    """Reads features in JSON.

    Args:
        text: The JSON.
        where: What the messages call it.

    Raises:
        MigrateError: It is no JSON, or not in this form; the message names the feature.
    """
    try:
        features = json.loads(text, object_pairs_hook=_object)
    except _TwiceError as error:
        raise MigrateError(f"{where}: {error} is there twice") from error
    except (ValueError, RecursionError) as error:
        raise MigrateError(f"{where}: no JSON of features such as {_FORM}: {error}") from error
    if not isinstance(features, dict):
        raise MigrateError(f"{where}: an object of features is expected, such as {_FORM}")
    return tuple(_spec(name, fields, where) for name, fields in features.items())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(repr(key))
        found[key] = value
    return found


def _spec(name: str, fields: Any, where: str) -> FeatureSpec:
    if not isinstance(fields, dict):
        raise MigrateError(f"{where}: feature `{name}`: an object with {', '.join(_FIELDS)} is expected")
    unknown = next((field for field in fields if field not in _FIELDS), None)
    if unknown is not None:
        raise MigrateError(f"{where}: feature `{name}`: there is no `{unknown}`, only {', '.join(_FIELDS)}")
    dtype, target, shape = fields.get("dtype"), fields.get("input", name), fields.get("shape")
    if dtype is not None:
        if not isinstance(dtype, str):
            raise MigrateError(f"{where}: feature `{name}`: its dtype is to be a text such as float32")
        check_dtype(dtype, name)
    if not isinstance(target, str):
        raise MigrateError(f"{where}: feature `{name}`: its input is to be a signature input's key")
    if "default" not in fields:
        return FeatureSpec(name, target, dtype, _dims(shape, name, where))
    if dtype is None:
        raise MigrateError(f"{where}: feature `{name}`: say its dtype, too, for its default to be read")
    default = default_of_json(fields["default"], dtype, name)
    return FeatureSpec(name, target, dtype, _dims(shape, name, where), default)


def _dims(shape: Any, name: str, where: str) -> tuple[int | None, ...] | None:
    if shape is None:
        return None
    if not isinstance(shape, list) or not all(dim is None or (type(dim) is int and dim >= 0) for dim in shape):
        raise MigrateError(f"{where}: feature `{name}`: its shape is to be a list of numbers, null for any length")
    dims = tuple(shape)
    check_shape(dims, name)
    return dims
