"""What a layer call becomes: variables, and an expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from migrate.source.specs import Shape

Structure: TypeAlias = "Shape | tuple[Structure, ...]"
"""The shape of a tensor, or those of a tuple of such things."""

HOLE = "\0"
"""Stands in a text for another one."""


@dataclass(frozen=True, slots=True)
class VariableText:
    """A variable of a layer.

    Attributes:
        suffix: Its name below the layer's scope, such as `kernel`.
        shape: The text of its shape.
        initializer: The text of its initializer; None for the default of the variable scope.
        regularizer: The text of its regularizer, if it has one.
        trainable: Whether optimizers see it.
    """

    suffix: str
    shape: str
    initializer: str | None = None
    regularizer: str | None = None
    trainable: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A layer call, written out.

    Attributes:
        first: The text of the op on the layer's input.
        shape: The static shape of the result.
        dtype: Its dtype.
        structure: The shapes of the parts of a result that is no tensor.
        rest: The text of what follows it, such as bias and activation, with a hole for the first op.
    """

    first: str
    shape: Shape | None
    dtype: str | None
    rest: str = HOLE
    structure: Structure | None = None

    @property
    def expression(self) -> str:
        """The text that stands for the call."""
        return self.rest.replace(HOLE, self.first)
