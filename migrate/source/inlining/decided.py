"""Tests of a helper that the arguments of a call decide: `if activation is None` where a function is given."""

from __future__ import annotations

import ast
import copy
import operator
from collections.abc import Callable, Mapping, Sequence

from migrate.source.inlining.text import LineEdits, Source
from migrate.source.syntax import walk

_ORDERS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

Resolve = Callable[[ast.expr], str | None]


class Decided:
    """Knows what the parameters of one call are."""

    def __init__(
        self,
        source: Source,
        given: Mapping[str, ast.expr],
        resolve: Resolve,
        set_at: Mapping[str, int] | None = None,
        settled: Callable[[ast.Attribute], ast.expr | None] = lambda _: None,
    ) -> None:
        """Takes the arguments.

        Args:
            source: The text.
            given: Parameters -> what they are given.
            resolve: The TensorFlow name of an expression, if it has one.
            set_at: Parameters that get other values -> the first line from which they may have them.
            settled: The constant that an attribute has for good, if it has one.
        """
        self._source = source
        self._given = given
        self._resolve = resolve
        self._set_at = set_at or {}
        self._settled = settled

    def truth(self, test: ast.expr) -> bool | None:
        """Whether a test holds; None where that is only known when it runs."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.truth(operand)
                return None if inner is None else not inner
            case ast.BoolOp(op=joined, values=values):
                answers = [self.truth(value) for value in values]
                decisive = isinstance(joined, ast.Or)
                if decisive in answers[: answers.index(None)] if None in answers else decisive in answers:
                    return decisive
                return None if None in answers else not decisive
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as sign], comparators=[ast.Constant(value=None)]):
                none = self._is_none(left)
                return none if none is None or isinstance(sign, ast.Is) else not none
            case ast.Compare(
                left=left, ops=[ast.Is() | ast.IsNot() as sign], comparators=[ast.Constant(value=bool() as one)]
            ):
                value = self._value(left)
                if not isinstance(value, ast.Constant):
                    return None
                return (value.value is one) is isinstance(sign, ast.Is)
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._compared(self._value(left), sign, self._value(right))
            case ast.Name() | ast.Attribute():
                value = self._value(test)
                return bool(value.value) if isinstance(value, ast.Constant) else None
        return None

    def _compared(self, one: ast.expr, sign: ast.cmpop, other: ast.expr) -> bool | None:
        """Two constants of one type."""
        if not isinstance(one, ast.Constant) or not isinstance(other, ast.Constant):
            return None
        if isinstance(sign, (ast.Is, ast.IsNot)):
            # There is one True and one False; of numbers and texts there may be several.
            known = isinstance(one.value, bool) or isinstance(other.value, bool)
            return (one.value is other.value) is isinstance(sign, ast.Is) if known else None
        if type(sign) in (ast.Eq, ast.NotEq):
            return (one.value == other.value) is isinstance(sign, ast.Eq)
        if isinstance(one.value, (int, float)) and isinstance(other.value, (int, float)):
            compare = _ORDERS.get(type(sign))
            return compare(one.value, other.value) if compare is not None else None
        return None

    def _value(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Attribute):
            return self._settled(node) or node
        if not isinstance(node, ast.Name) or node.lineno >= self._set_at.get(node.id, node.lineno + 1):
            return node
        return self._given.get(node.id, node)

    def _is_none(self, node: ast.expr) -> bool | None:
        value = self._value(node)
        if value is node:
            return None
        match value:
            case ast.Constant(value=constant):
                return constant is None
            case ast.List() | ast.Tuple() | ast.Dict() | ast.JoinedStr() | ast.Lambda():
                return False
        return False if self._resolve(value) is not None else None

    def taken(self, statements: Sequence[ast.stmt], edits: LineEdits) -> list[ast.stmt]:
        """The statements of a block, of decided ones only the branch that is taken; the rest is edited away."""
        found: list[ast.stmt] = []
        for statement in statements:
            if isinstance(statement, ast.If) and (truth := self.truth(statement.test)) is not None:
                found += self._branch(statement, edits, truth=truth)
                continue
            changed: ast.stmt = statement
            for part in ("body", "orelse", "finalbody"):
                block = getattr(statement, part, None)
                if block and not isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                    inner = self.taken(block, edits)
                    if inner != block:
                        if changed is statement:
                            changed = copy.copy(statement)
                        setattr(changed, part, inner)
                        if not inner:
                            self._fill(block, edits)
            found.append(changed)
        return found

    def _fill(self, block: Sequence[ast.stmt], edits: LineEdits) -> None:
        """`pass` in a block that became empty."""
        edits.inserted.setdefault(block[0].lineno, []).append(self._source.indent(block[0]) + "pass")
        edits.deeper[block[0].lineno] = edits.deeper.get(block[0].lineno, 0) + 1

    def _branch(self, statement: ast.If, edits: LineEdits, *, truth: bool) -> list[ast.stmt]:
        last = statement.end_lineno or statement.lineno
        block = statement.body if truth else statement.orelse
        if not block:
            edits.removed |= set(range(statement.lineno, last + 1))
            return []
        chained = not truth and self._is_elif(block)
        first, end = self._header_end(block), block[-1].end_lineno or last
        edits.removed |= set(range(statement.lineno, first)) | set(range(end + 1, last + 1))
        if chained:
            inner = block[0]
            start = self._source.column(inner.lineno, inner.col_offset)
            edits.parts.setdefault(inner.lineno, []).append((start, start + len("elif"), "if"))
            return self.taken(block, edits)
        if block[0].lineno == first - 1:
            # `if x: y` on one line.
            edits.removed.discard(first - 1)
            head = self._source.lines[block[0].lineno - 1]
            start = len(head) - len(head.lstrip())
            edits.parts.setdefault(block[0].lineno, []).append(
                (start, self._source.column(block[0].lineno, block[0].col_offset), "")
            )
            return list(block)
        for number in range(first, end + 1):
            edits.deeper[number] = edits.deeper.get(number, 0) - 1
        return self.taken(block, edits)

    def _is_elif(self, block: Sequence[ast.stmt]) -> bool:
        line = self._source.lines[block[0].lineno - 1]
        return isinstance(block[0], ast.If) and line.lstrip().startswith("elif")

    def _header_end(self, block: Sequence[ast.stmt]) -> int:
        """The line behind the header of a block: comments above its first statement belong to it."""
        number = block[0].lineno
        if self._is_elif(block):
            return number
        line = self._source.lines[number - 1]
        if line[: self._source.column(number, block[0].col_offset)].strip():
            return number + 1
        while self._source.lines[number - 2].strip().startswith("#") or not self._source.lines[number - 2].strip():
            number -= 1
        return number


def first_set(name: str, function: ast.FunctionDef) -> int:
    """The line from which a parameter may have another value: where it is set, or where a loop begins that sets it.

    Args:
        name: The parameter.
        function: The function.
    """
    lines = [(function.end_lineno or function.lineno) + 1]
    for statement in function.body:
        for node in walk(statement):
            if isinstance(node, _SCOPES) and any(_sets(inner, name) for inner in walk(node)):
                # It may set or hide the name, and be called from anywhere.
                return function.lineno
            if _sets(node, name) or (isinstance(node, _LOOPS) and any(_sets(inner, name) for inner in walk(node))):
                lines.append(getattr(node, "lineno", function.lineno))
    return min(lines)


def _sets(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=found, ctx=ast.Store() | ast.Del()) | ast.arg(arg=found) | ast.ExceptHandler(name=found):
            return found == name
        case ast.FunctionDef(name=found) | ast.ClassDef(name=found):
            return found == name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return name in names
        case ast.alias():
            return (node.asname or node.name).partition(".")[0] == name
    return False
