"""Default values of features, from what JSON or a short text says."""

from __future__ import annotations

import json
import math
import os
import struct
from typing import Any

from migrate.errors import MigrateError
from migrate.graph.examples.spec import Default, Number

_INT64 = range(-(2**63), 2**63)


def default_of_text(text: str, dtype: str, feature: str) -> Default:
    """Reads a default of the short form: one value, or a JSON list where it begins with a bracket.

    Raises:
        MigrateError: It is no value of that dtype.
    """
    if text.startswith("["):
        try:
            listed = json.loads(text)
        except ValueError as error:
            raise MigrateError(f"feature `{feature}`: the default {text!r} is no JSON list: {error}") from error
        return default_of_json(listed, dtype, feature)
    if dtype == "string":
        return Default((os.fsencode(text),), ())
    try:
        value: float | int = int(text) if dtype == "int64" else float(text)
    except ValueError:
        raise MigrateError(f"feature `{feature}`: the default {text!r} is no {dtype}") from None
    return default_of_json(value, dtype, feature)


def default_of_json(value: Any, dtype: str, feature: str) -> Default:
    """Reads a default that is a JSON value, or lists of them as deep as the feature's shape.

    Raises:
        MigrateError: There is a value of another type in it, or its lists are not all of one length.
    """
    shape = _shape(value, feature)
    return Default(tuple(_scalar(item, dtype, feature) for item in _flat(value)), shape)


def _shape(value: Any, feature: str) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    shapes = {_shape(item, feature) for item in value}
    if len(shapes) != 1:
        what = "lists of different lengths" if shapes else "an empty list"
        raise MigrateError(f"feature `{feature}`: there is {what} in its default")
    return (len(value), *shapes.pop())


def _flat(value: Any) -> list[Any]:
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, list) else [value]


def _scalar(value: Any, dtype: str, feature: str) -> Number:
    wrong = MigrateError(f"feature `{feature}`: the default {value!r} is no {dtype}")
    if dtype == "string":
        if not isinstance(value, str):
            raise wrong
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong
    if dtype == "int64":
        if not isinstance(value, int) or value not in _INT64:
            raise wrong
        return value
    return _float32(value, wrong)


def _float32(value: float, wrong: MigrateError) -> float:
    try:
        number = float(value)
        if math.isfinite(number):
            struct.pack("<f", number)
    except OverflowError:
        raise wrong from None
    return number
