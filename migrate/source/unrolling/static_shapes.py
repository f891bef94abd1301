"""Sizes of tensors that the shapes of variables are made of, as the numbers that they are.

`tf.get_variable('w', [x.get_shape().as_list()[-1], units])` asks a tensor of the graph. A module makes its variables
before there is any, so what the source tells of the tensor's shape is written there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.flow import Definition
from migrate.source.inlining.text import LineEdits, Source
from migrate.source.kinds import IN_GRAPH, Kind, Kinds, calls, header
from migrate.source.layers.shapes import LayerShapes
from migrate.source.syntax import children
from migrate.source.unprovable import VARIABLE, Inapplicable, Unprovable
from migrate.source.unrolling.written_out import WrittenOut


def reads_shapes(kinds: Kinds) -> bool:
    """Whether a variable's shape may be made of that of a tensor."""
    return next(ShapeReads(kinds).found(), None) is not None


def without_shapes(text: str, kinds: Kinds) -> WrittenOut:
    """Writes out sizes of tensors in what makes variables.

    Args:
        text: The module's source.
        kinds: The region.

    Raises:
        Unprovable: None of them is known.
    """
    source = Source(text, kinds.region.symbols)
    reads = ShapeReads(kinds)
    edits = LineEdits()
    for node, tensor, position in reads.found():
        size = reads.size(tensor, position)
        if size is None or node.lineno != node.end_lineno:
            continue
        try:
            edits.put(source, node, str(size))
        except Unprovable:
            # In an f-string, whose parts have no places.
            continue
    if not edits.parts:
        raise Inapplicable(VARIABLE, "the shape of a variable depends on a tensor")
    lines = [edits.line(source, number) for number in range(1, len(source.lines) + 1)]
    return WrittenOut(kinds.region.scope, "\n".join(lines), tuple(range(1, len(lines) + 1)))


class ShapeReads:
    """Finds where code that makes variables reads the static shapes of tensors."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._region = kinds.region
        self._shapes = LayerShapes(kinds, lambda _: None)

    def found(self) -> Iterator[tuple[ast.expr, ast.expr, ast.expr | int]]:
        """The expressions, each with its tensor and which of its dimensions it reads."""
        pending: list[ast.AST] = []
        for step in self._region.steps:
            if step.inlined is not None:
                continue
            for part in header(step):
                made = [call for call in calls(part) if self._kinds.of(call) is Kind.VARIABLE]
                pending += [one for call in made for one in (*call.args, *call.keywords)]
        seen: set[ast.AST] = set()
        while pending:
            node = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            read = self._read(node) if isinstance(node, ast.expr) else None
            if read is not None:
                yield read
                continue
            if isinstance(node, ast.Name):
                behind = self._behind(node)
                if behind is not None:
                    pending.append(behind)
                continue
            pending += children(node)

    def size(self, tensor: ast.expr, position: ast.expr | int) -> int | None:
        """The size of a dimension of a tensor."""
        shape = self._shapes.shape(tensor)
        index = position if isinstance(position, int) else self._shapes.constants.value(position)
        if shape is None or shape.dimensions is None or not isinstance(index, int) or isinstance(index, bool):
            return None
        if not -len(shape.dimensions) <= index < len(shape.dimensions):
            return None
        size = shape.dimensions[index]
        return size if isinstance(size, int) else None

    def _read(self, node: ast.expr) -> tuple[ast.expr, ast.expr, ast.expr | int] | None:
        match node:
            case (
                ast.Attribute(value=inner, attr="value") | ast.Call(func=ast.Name(id="int"), args=[inner], keywords=[])
            ):
                read = self._read(inner)
                return (node, read[1], read[2]) if read is not None else None
            case ast.Subscript(value=owner, slice=position) if not isinstance(position, (ast.Slice, ast.Tuple)):
                tensor = self._tensor(owner)
                return (node, tensor, position) if tensor is not None else None
            case ast.Name():
                value = self._region.value_of.get(node)
                if isinstance(value, Definition) and value.expression is not None and value.previous is None:
                    tensor = self._tensor(value.expression)
                    if tensor is not None and len(value.path) == 1 and value.known:
                        return node, tensor, value.path[0]
        return None

    def _tensor(self, node: ast.expr) -> ast.expr | None:
        """The tensor whose static shape an expression is."""
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="as_list"), args=[], keywords=[]):
                return self._tensor(inner)
            case ast.Call(func=ast.Attribute(value=tensor, attr="get_shape"), args=[], keywords=[]):
                return tensor if self._kinds.of(tensor) in IN_GRAPH else None
            case ast.Attribute(value=tensor, attr="shape"):
                return tensor if self._kinds.of(tensor) in IN_GRAPH else None
            case ast.Name():
                behind = self._behind(node)
                return self._tensor(behind) if behind is not None and not isinstance(behind, ast.Name) else None
        return None

    def _behind(self, node: ast.Name) -> ast.expr | None:
        """What a name for plain Python was set to."""
        value = self._region.value_of.get(node)
        if not isinstance(value, Definition) or value.previous is not None or value.path or not value.known:
            return None
        made = isinstance(value.expression, ast.Call) and self._kinds.symbol(value.expression) is not None
        return value.expression if value.step.inlined is None and not made else None
