"""Which operations each release of TensorFlow has, with their attributes: `ops.json`, made by `remake.py`.

The file holds one line an operation: the index of a release, and what an operation's attributes are from it on,
as far as they changed; `null` is an operation, or an attribute, that the release does not have.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.protos import message_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = Path(__file__).with_name("ops.json")
_ATTR_VALUE = "core.framework.attr_value_pb2.AttrValue"


_ARGUMENTS = "->"
"""In the file, what an operation takes and gives stands among its attributes under this name."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an operation (`OpDef.AttrDef` of tensorflow/core/framework/op_def.proto).

    Attributes:
        kind: Its type, as TensorFlow writes it: `int`, `list(type)`, ...
        default: Its default value as the text of an AttrValue; None where a node has to give it.
        allowed: The values it may have, as such a text; None where any will do.
    """

    kind: str
    default: str | None
    allowed: str | None

    def default_value(self) -> Any | None:
        """The default as an AttrValue."""
        return None if self.default is None else _parsed(self.default)

    def allowed_types(self) -> frozenset[int]:
        """The DataType numbers it is restricted to; empty where it is not restricted to types."""
        return frozenset() if self.allowed is None else frozenset(_parsed(self.allowed).list.type)

    def allowed_strings(self) -> frozenset[bytes]:
        """The strings it is restricted to; empty where it is not restricted to strings."""
        return frozenset() if self.allowed is None else frozenset(_parsed(self.allowed).list.s)


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation is to one runtime.

    Attributes:
        arguments: What it takes and gives, as `x:T y:T -> z:T`.
        attributes: By name.
    """

    arguments: str
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a minor version of TensorFlow knows.

    Attributes:
        minor: For instance `1.15`.
        release: The release that was looked at, for instance `1.15.5`.
        ops: Every operation, by name.
    """

    minor: str
    release: str
    ops: Mapping[str, Operation]


def minors() -> tuple[str, ...]:
    """The minor versions in the table, oldest first."""
    return tuple(_read()["releases"])


def runtime(version: str) -> Runtime:
    """The runtime of a version: `1.15` as well as `1.15.5`.

    Raises:
        MigrateError: The table does not have it.
    """
    known = minors()
    minor = ".".join(version.strip().removeprefix("v").split(".")[:2])
    if minor not in known:
        raise MigrateError(f"there is no table for the runtime {version}; there are: {', '.join(known)}")
    return _runtime(minor)


def newest() -> Runtime:
    """The newest runtime in the table."""
    return _runtime(minors()[-1])


@cache
def _runtime(minor: str) -> Runtime:
    data = _read()
    index = list(data["releases"]).index(minor)
    ops: dict[str, Operation] = {}
    for name, changes in data["ops"].items():
        fields: dict[str, list[Any]] = {}
        for since, change in changes:
            if since > index:
                break
            fields = {} if change is None else {**fields, **change}
        if fields:
            attributes = {
                attribute: _unpacked(stored, data["allowed"])
                for attribute, stored in fields.items()
                if attribute != _ARGUMENTS and stored is not None
            }
            ops[name] = Operation(fields[_ARGUMENTS][0], attributes)
    return Runtime(minor, data["releases"][minor], ops)


def operation_of(definition: Any) -> Operation:
    """What an OpDef says."""
    given, taken = (
        " ".join(f"{argument.name}:{_type_text(argument)}" for argument in arguments)
        for arguments in (definition.input_arg, definition.output_arg)
    )
    attributes = {attribute.name: _attribute(attribute) for attribute in definition.attr}
    return Operation(f"{given} -> {taken}".strip(), attributes)


def make_table(lists: Iterable[tuple[str, str, Any]]) -> str:
    """The text of `ops.json`.

    Args:
        lists: For each release its minor version, its version and its OpList, oldest first.
    """
    releases: dict[str, str] = {}
    columns: list[dict[str, Operation]] = []
    for minor, version, operations in lists:
        releases[minor] = version
        # What starts with an underscore is made by the runtime for itself.
        columns.append({op.name: operation_of(op) for op in operations.op if not op.name.startswith("_")})
    names = sorted({name for column in columns for name in column})
    found = {a.allowed for column in columns for op in column.values() for a in op.attributes.values() if a.allowed}
    allowed = {text: index for index, text in enumerate(sorted(found))}
    lines = [f'{{"releases": {json.dumps(releases)},', '"allowed": [']
    lines += [",\n".join(json.dumps(text) for text in allowed), "],", '"ops": {']
    lines.append(",\n".join(f"{json.dumps(name)}: {_history(name, columns, allowed)}" for name in names))
    return "\n".join(lines) + "\n}}\n"


def _history(name: str, columns: list[dict[str, Operation]], allowed: Mapping[str, int]) -> str:
    changes: list[list[Any]] = []
    states = [_fields(column[name], allowed) if name in column else {} for column in columns]
    for index, (before, after) in enumerate(pairwise([{}, *states])):
        if before == after:
            continue
        change = {key: value for key, value in after.items() if before.get(key) != value}
        change.update({key: None for key in before if key not in after})
        changes.append([index, change if after else None])
    return json.dumps(changes, separators=(",", ":"))


def _fields(operation: Operation, allowed: Mapping[str, int]) -> dict[str, list[Any] | None]:
    fields: dict[str, list[Any] | None] = {_ARGUMENTS: [operation.arguments]}
    for name, attribute in operation.attributes.items():
        packed: list[Any] = [attribute.kind, attribute.default]
        packed.append(None if attribute.allowed is None else allowed[attribute.allowed])
        while packed[-1] is None:
            packed.pop()
        fields[name] = packed
    return fields


def _unpacked(stored: list[Any], allowed: list[str]) -> Attribute:
    kind, default, index = [*stored, None, None][:3]
    return Attribute(kind, default, None if index is None else allowed[index])


def _attribute(definition: Any) -> Attribute:
    default = _text(definition.default_value) if definition.HasField("default_value") else None
    allowed = _text(definition.allowed_values) if definition.HasField("allowed_values") else None
    return Attribute(definition.type, default, allowed)


def _type_text(argument: Any) -> str:
    """The type of an OpDef's argument: a number of DataType, or the attributes that say it; `&` is a reference."""
    one = argument.type_attr or argument.type_list_attr or str(argument.type)
    many = f"{argument.number_attr}*" if argument.number_attr else ""
    return f"{'&' if argument.is_ref else ''}{many}{one}"


def _text(value: Any) -> str:
    from google.protobuf import text_format

    return str(text_format.MessageToString(value, as_one_line=True)).strip()


@cache
def _parsed(text: str) -> Any:
    from google.protobuf import text_format

    return text_format.Parse(text, message_type(_ATTR_VALUE)())


@cache
def _read() -> Any:
    return json.loads(FILE.read_text("utf-8"))
