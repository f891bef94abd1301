"""One layer call: its arguments, read one by one, so that none is passed over."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Protocol

from migrate.source.layers.constants import UNKNOWN_VALUE, Constants
from migrate.source.layers.lowered import Lowered
from migrate.source.specs import Dimension, Shape
from migrate.source.unprovable import NO_EQUAL, NOT_STATIC, Unprovable


class Place(Protocol):
    """Where a layer call stands: what is known there, and how new text is written."""

    tf: str
    constants: Constants

    @property
    def indent(self) -> int:
        """The column of the statement that is written out."""

    def text(self, node: ast.expr) -> str:
        """The text of an expression, with the layers in it written out."""

    def operand(self, node: ast.expr) -> str:
        """The same as a name or constant; what is more gets a name first."""

    def shape(self, node: ast.expr) -> Shape | None:
        """The static shape of a tensor."""

    def dtype(self, node: ast.expr) -> str | None:
        """The dtype of a tensor."""

    def with_tensor(self, node: ast.Name, tensor: Lowered) -> Place:
        """The same place, where a new name stands for a tensor."""

    def symbol(self, node: ast.expr) -> str | None:
        """The canonical TF1 name of an expression, seen through names for it."""

    def is_function(self, node: ast.expr) -> bool:
        """Whether an expression is a function of this file, or a lambda."""

    def atom(self, node: ast.expr) -> str:
        """The same as `text`, in parentheses where an operator beside it would tear it apart."""

    def temporary(self, text: str, name: str) -> str:
        """A name for what a text computes: one that nothing uses, or the one that the statement sets anyway."""

    def target(self, node: ast.expr) -> str | None:
        """The name that a statement gives to an expression that is all of its value."""

    def switched_off(self, node: ast.expr, off: object = False) -> bool:
        """Whether a tensor is a flag of training that nobody sets in an export: a placeholder with such a default."""

    def fresh(self, name: str) -> str:
        """A name that nothing uses."""

    def before(self, line: str) -> None:
        """A statement that must run before the one that is written out."""

    def helper(self, name: str, cell: str, *, lengths: bool) -> str:
        """The name of the function that runs a kind of cell, which the module gets."""


class LayerCall:
    """A layer call with its arguments by name."""

    def __init__(
        self, node: ast.Call, name: str, parameters: tuple[str, ...], place: Place, more: Mapping[str, ast.expr] = {}
    ) -> None:
        """Binds the arguments.

        Args:
            node: The call.
            name: What to call it in a reason, such as `tf.layers.dense`.
            parameters: Its parameters, in their order.
            place: Where it stands.
            more: Arguments that are known otherwise.

        Raises:
            Unprovable: Where they do not fit, or stars hide them.
        """
        self.node = node
        self.name = name
        self.parameters = parameters
        self.place = place
        given: dict[str, ast.expr] = dict(more)
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            raise Unprovable(NOT_STATIC, f"arguments of {name} are passed on with * or **", node)
        given.update(zip(parameters, node.args, strict=False))
        given.update({str(keyword.arg): keyword.value for keyword in node.keywords})
        if len(node.args) > len(parameters) or not set(given) <= set(parameters):
            strange = sorted(set(given) - set(parameters))
            raise Unprovable(NO_EQUAL, f"{name} is called with {', '.join(strange) or 'too many arguments'}", node)
        self.given = given
        self._read: set[str] = set()

    def refuse(self, why: str) -> Unprovable:
        """A reason about this call, to be raised."""
        return Unprovable(NO_EQUAL, f"{self.name}: {why}", self.node)

    @property
    def target(self) -> str | None:
        """The name that a statement gives to the result of this call, and of nothing else."""
        return self.place.target(self.node)

    def finish(self, *harmless: str) -> None:
        """Refuses arguments that nothing looked at.

        Args:
            *harmless: Those that say nothing about what is computed.
        """
        for name in self.given:
            if name not in self._read and name not in harmless and not self.is_none(name):
                raise self.refuse(f"the argument {name} has no counterpart")

    def expression(self, name: str) -> ast.expr | None:
        """An argument; None where it is not given."""
        self._read.add(name)
        return self.given.get(name)

    def is_none(self, name: str) -> bool:
        """Whether an argument is not given, or None."""
        node = self.given.get(name)
        return node is None or self.place.constants.value(node) is None

    def tensor(self, *names: str) -> ast.expr:
        """The first argument that is given of some that are never left out."""
        for name in names:
            found = self.expression(name)
            if found is not None:
                return found
        raise self.refuse(f"the argument {names[0]} is missing")

    def boolean(self, name: str, default: bool) -> bool:
        """An argument that is True or False in the source."""
        node = self.expression(name)
        if node is None:
            return default
        value = self.place.constants.value(node)
        if not isinstance(value, bool):
            raise self.refuse(f"{name} is only known at run time")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number that stands in the source."""
        node = self.expression(name)
        value = default if node is None else self.place.constants.value(node)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(f"{name} is only known at run time")
        return value

    def string(self, name: str, default: str | None) -> str | None:
        """A text that stands in the source, or None."""
        node = self.expression(name)
        if node is None:
            return default
        value = self.place.constants.value(node)
        if value is not None and not isinstance(value, str):
            raise self.refuse(f"{name} is only known at run time")
        return value

    def sizes(self, name: str, count: int, default: int | None = None) -> tuple[int, ...]:
        """One number a dimension, or the same for all."""
        node = self.expression(name)
        value = default if node is None else self.place.constants.value(node)
        if isinstance(value, int) and not isinstance(value, bool):
            return (value,) * count
        if isinstance(value, tuple) and len(value) == count and all(isinstance(size, int) for size in value):
            return value
        raise self.refuse(f"{name} is only known at run time" if value is UNKNOWN_VALUE else f"{name} is unusual")

    def window(self, name: str, count: int) -> tuple[tuple[str, ...], tuple[Dimension, ...]]:
        """The size of a kernel, whose numbers may be plain names in a list: texts, and what is known of them."""
        node = self.expression(name)
        listed = self.place.constants.source(node) if node is not None else None
        if isinstance(listed, ast.List | ast.Tuple) and len(listed.elts) == count and all(map(is_plain, listed.elts)):
            values = [self.place.constants.value(element) for element in listed.elts]
            if any(value is UNKNOWN_VALUE for value in values):
                known = [isinstance(value, int) and not isinstance(value, bool) for value in values]
                if all(one or value is UNKNOWN_VALUE for one, value in zip(known, values, strict=True)):
                    texts = [str(v) if k else self.place.text(e)
                             for e, v, k in zip(listed.elts, values, known, strict=True)]  # fmt: skip
                    sizes = [v if k else e for e, v, k in zip(listed.elts, values, known, strict=True)]
                    return tuple(texts), tuple(sizes)  # type: ignore[arg-type]
        numbers = self.sizes(name, count)
        return tuple(map(str, numbers)), numbers

    def units(self, name: str) -> tuple[str, Dimension]:
        """A number of features: its text, and what is known of it."""
        node = self.expression(name)
        if node is None:
            raise self.refuse(f"the argument {name} is missing")
        value = self.place.constants.value(node)
        if isinstance(value, int) and not isinstance(value, bool):
            return (str(value) if isinstance(node, ast.Constant) else self.place.text(node)), value
        if not is_plain(node):
            raise self.refuse(f"{name} is computed in the call")
        return self.place.text(node), node

    def dimensions(self, node: ast.expr, rank: int | None = None) -> tuple[Dimension, ...]:
        """The static shape of a tensor; refuses where its rank is not known or another one."""
        shape = self.place.shape(node)
        if shape is None or shape.dimensions is None:
            raise self.refuse("the static shape of its input is not known here")
        if rank is not None and len(shape.dimensions) != rank:
            raise self.refuse(f"its input has {len(shape.dimensions)} dimensions, not {rank}")
        return shape.dimensions

    def size_text(self, size: Dimension) -> str:
        """The text of a static size, which TF1 needs for the shape of a variable."""
        match size:
            case None:
                raise self.refuse("the number of features of its input is not known here")
            case int():
                return str(size)
        if not is_plain(size):
            raise self.refuse("the number of features of its input is computed elsewhere")
        return self.place.text(size)

    def dtype(self, node: ast.expr) -> str:
        """The dtype of a tensor, which is that of the layer's variables."""
        found = self.place.dtype(node)
        if found is None:
            raise self.refuse("the dtype of its input is not known here")
        if found not in ("float32", "float64"):
            raise self.refuse(f"its input is of dtype {found}")
        return found


def is_plain(node: ast.expr) -> bool:
    """Whether an expression may be evaluated twice: names, attributes, entries, constants, arithmetic."""
    return all(
        isinstance(child, (ast.Name, ast.Attribute, ast.Constant, ast.BinOp, ast.operator, ast.expr_context))
        or (isinstance(child, ast.Subscript) and isinstance(child.slice, ast.Constant))
        for child in ast.walk(node)
    )
