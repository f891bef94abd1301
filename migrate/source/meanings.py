"""What an argument of an export can mean."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.source.flow import Region


@dataclass(slots=True, eq=False)
class Frame:
    """A region being read, and for a helper function what its parameters stand for."""

    region: Region
    arguments: dict[str, tuple[ast.expr, Frame]] = field(default_factory=dict)
    depth: int = 0


@dataclass(slots=True, eq=False)
class Text:
    """A string, and the expression that says it."""

    value: str
    node: ast.expr


@dataclass(slots=True, eq=False)
class Tensor:
    """An expression that is taken to be a tensor, and where it stands."""

    node: ast.expr
    frame: Frame


@dataclass(slots=True, eq=False)
class Info:
    """The TensorInfo of a tensor."""

    tensor: Tensor


@dataclass(slots=True, eq=False)
class Map:
    """A dictionary."""

    entries: list[tuple[Text, Meaning]]


@dataclass(slots=True, eq=False)
class SignatureDef:
    """A SignatureDef."""

    method_name: str
    inputs: Map
    outputs: Map


Meaning = Text | Tensor | Info | Map | SignatureDef
