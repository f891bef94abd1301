"""The short form of feature specs: `FEATURE[:INPUT][=DTYPE[[DIMS]][=DEFAULT]]`, with commas between."""

from __future__ import annotations

import re

from migrate.errors import MigrateError
from migrate.graph.examples.defaults import default_of_text
from migrate.graph.examples.spec import FeatureSpec, check_dtype, check_shape

_ITEM = re.compile(
    r"(?P<name>[^:=]+)(?::(?P<input>[^=]+))?"
    r"(?:=(?P<dtype>\w+)(?:\[(?P<dims>[^\]]*)\])?(?:=(?P<default>.*))?)?",
    re.DOTALL,
)
_FORM = "FEATURE=DTYPE[DIMS]=DEFAULT, for instance x=float32[4],name=string[]=unknown,ids=int64[?]=0"


def specs_of_text(text: str) -> tuple[FeatureSpec, ...]:
    """Reads the short form.

    Raises:
        MigrateError: It is not in this form; the message names the feature.
    """
    return tuple(_spec(item.strip()) for item in _items(text)) if text else ()


def _items(text: str) -> list[str]:
    """The text in pieces, cut at the commas that are not inside brackets."""
    items, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "," and depth <= 0:
            items.append(text[start:position])
            start = position + 1
    return [*items, text[start:]]


def _spec(item: str) -> FeatureSpec:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise MigrateError(f"--examples: {item!r} is neither a file nor {_FORM}; other names and values need JSON")
    name, dtype = match["name"], match["dtype"]
    if dtype is not None:
        check_dtype(dtype, name)
    shape = None if match["dims"] is None else _dims(match["dims"], name)
    default = None if match["default"] is None else default_of_text(match["default"], dtype, name)
    return FeatureSpec(name, match["input"] or name, dtype, shape, default)


def _dims(text: str, name: str) -> tuple[int | None, ...]:
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part == "?" or part.isdecimal() for part in parts):
        raise MigrateError(f"feature `{name}`: [{text}] is no shape; write [] for one value, [4], [2,3] or [?]")
    shape = tuple(None if part == "?" else int(part) for part in parts)
    check_shape(shape, name)
    return shape
