"""The statements of a helper as they stand at its call: parameters given, names kept apart, returns assigned."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from migrate.source.inlining.decided import Decided
from migrate.source.inlining.text import LineEdits, Source
from migrate.source.symbols import parameters
from migrate.source.syntax import children, walk
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What becomes of the value of a call.

    Attributes:
        text: What it is assigned to; None where nothing wants it.
        names: The names in it, if it is nothing but names.
        kept: Whether the caller returns it, so that returns stay returns.
    """

    text: str | None
    names: tuple[str, ...] = ()
    kept: bool = False


class BodyCopy:
    """Writes the body of one function for the place of one call."""

    def __init__(self, source: Source, function: ast.FunctionDef, target: Target, edits: LineEdits) -> None:
        """Takes the function.

        Args:
            source: The text it stands in.
            function: The function.
            target: What becomes of its value.
            edits: The new names in it.
        """
        self.source = source
        self.function = function
        self.target = target
        self.edits = edits
        self.body = without_docstring(function.body)
        self.taken: list[ast.stmt] = self.body
        self._renamed: dict[str, str] = {}

    def lines(self, indent: str, renamed: dict[str, str], decided: Decided) -> list[str]:
        """The lines, with the indentation of the call.

        Args:
            indent: That indentation.
            renamed: The names of the function that have become others.
            decided: What the arguments decide.

        Raises:
            Unprovable: Where the function returns from the middle.
        """
        self._renamed = renamed
        if not self.body:
            return [f"{indent}{self.target.text} = None"] if self.target.text else []
        first = self.body[0]
        if first.lineno == self.function.lineno or first.lineno == getattr(self.function.args, "end_lineno", -1):
            raise Unprovable(CONTROL_FLOW, f"{self.function.name} is written on one line", self.function)
        own = self.source.indent(first)
        self.taken = decided.taken(self.body, self.edits)
        ended = self._tail(self.taken)
        last = self.body[-1].end_lineno
        assert last is not None
        unit = own[len(self.source.indent(self.function)) :] if not self.function.decorator_list else "    "
        found: list[str] = []
        raw = string_lines(self.function)
        for number in range(self._first_line(), last + 1):
            deeper = unit * self.edits.deeper.get(number, 0)
            for text in self.edits.inserted.get(number, ()):
                level = unit * max(self.edits.deeper.get(number, 0) - 1, 0)
                found.append(indent + _moved(text, own, level))
            if number in self.edits.removed:
                continue
            found += self._line(number, indent, own, unit, raw)
            found += [indent + _moved(text, own, deeper) for text in self.edits.after.get(number, ())]
        if not ended and self.target.kept:
            found.append(f"{indent}return")
        elif not ended and self.target.text is not None:
            found.append(f"{indent}{self.target.text} = None")
        return found

    def _line(self, number: int, indent: str, own: str, unit: str, raw: set[int]) -> list[str]:
        """A line of the body at its new place."""
        text = self.edits.line(self.source, number)
        if number in raw:
            return [text]
        if not text.strip():
            return [text.strip(" \t")]
        levels = self.edits.deeper.get(number, 0)
        inner = own + unit * -levels if levels < 0 else own
        return [indent + unit * levels + _stripped(part, inner, own) for part in text.split("\n")]

    def _first_line(self) -> int:
        """The first line of the body, comments above its first statement among them."""
        number = self.body[0].lineno
        limit = self.function.body[0].end_lineno if self.body is not self.function.body else self.function.lineno
        assert limit is not None
        while number - 1 > limit:
            text = self.source.lines[number - 2].strip()
            if text and not text.startswith("#"):
                break
            number -= 1
        while not self.source.lines[number - 1].strip():
            number += 1
        return number

    def _tail(self, statements: Sequence[ast.stmt]) -> bool:
        """Turns the returns of a block into assignments; whether all ways through it return."""
        if self.target.kept:
            return ends(statements)
        for position, statement in enumerate(statements):
            if not returns(statement):
                continue
            rest = statements[position + 1 :]
            match statement:
                case ast.Return():
                    if rest:
                        # It is never reached.
                        behind = range((statement.end_lineno or statement.lineno) + 1, (rest[-1].end_lineno or 0) + 1)
                        self.edits.removed |= set(behind)
                    self._return(statement, alone=position == 0)
                    return True
                case ast.If():
                    return self._if(statement, rest)
                case ast.With() if not rest:
                    return self._tail(statement.body)
            raise Unprovable(CONTROL_FLOW, f"{self.function.name} returns from the middle", statement)
        return bool(statements) and isinstance(statements[-1], ast.Raise)

    def _if(self, statement: ast.If, rest: Sequence[ast.stmt]) -> bool:
        whole = ends(statement.body)
        self._tail(statement.body)
        if not rest:
            return self._last_if(statement, whole=whole)
        if not whole or statement.orelse:
            raise Unprovable(CONTROL_FLOW, f"{self.function.name} returns from the middle", statement)
        if ends(statement.body) and isinstance(statement.body[-1], ast.Raise) and not returns(statement):
            return self._tail(rest)
        # What follows an early return is the other branch.
        indent = self.source.indent(statement)
        assert statement.end_lineno is not None
        last = rest[-1].end_lineno
        assert last is not None
        following = statement.end_lineno + 1
        while not self.source.lines[following - 1].strip():
            following += 1
        for number in range(following, last + 1):
            self.edits.deeper[number] = self.edits.deeper.get(number, 0) + 1
        self.edits.inserted.setdefault(following, []).append(f"{indent}else:")
        if not ends(rest) and self.target.text is not None:
            raise Unprovable(CONTROL_FLOW, f"{self.function.name} returns from the middle", statement)
        return self._tail(rest) and whole

    def _last_if(self, statement: ast.If, *, whole: bool) -> bool:
        """An if at the end of the function, whose body is done; where no branch is taken the value is None."""
        wanted = self.target.text is not None
        match statement.orelse:
            case []:
                if wanted:
                    indent = self.source.indent(statement)
                    unit = self.source.indent(statement.body[0])[len(indent) :]
                    lines = [f"{indent}else:", f"{indent}{unit}{self.target.text} = None"]
                    self.edits.after.setdefault(statement.end_lineno or statement.lineno, []).extend(lines)
                complete = wanted
            case [ast.If()]:
                complete = self._tail(statement.orelse)
            case _:
                self._tail(statement.orelse)
                complete = ends(statement.orelse)
        if wanted and not (whole and complete):
            raise Unprovable(CONTROL_FLOW, f"{self.function.name} returns from the middle", statement)
        return whole and complete

    def _return(self, statement: ast.Return, *, alone: bool) -> None:
        self.source.indent(statement)
        value = statement.value
        if self.target.text is None:
            if value is None or _harmless(value):
                self._drop(statement, alone=alone)
            else:
                self._keyword(statement, "")
            return
        if value is None:
            self.edits.put(self.source, statement, f"{self.target.text} = None")
            return
        names = value.elts if isinstance(value, ast.Tuple) else [value]
        given = tuple(self._renamed.get(n.id, n.id) if isinstance(n, ast.Name) else "" for n in names)
        if given == self.target.names:
            self._drop(statement, alone=alone)
            return
        if isinstance(value, ast.Tuple) and self._one_by_one(statement, value, given):
            return
        self._keyword(statement, f"{self.target.text} = ")

    def _one_by_one(self, statement: ast.Return, value: ast.Tuple, given: tuple[str, ...]) -> bool:
        """Writes an assignment for each element of a tuple, if that means the same and all stands on one line."""
        wanted = self.target.names
        if len(wanted) != len(value.elts) or statement.end_lineno != statement.lineno:
            return False
        column = self.source.column
        ends_at = [column(statement.lineno, e.end_col_offset or 0) for e in value.elts]
        starts = [column(statement.lineno, e.col_offset) for e in value.elts]
        line = self.source.lines[statement.lineno - 1]
        between = [line[end:start].strip() for end, start in zip(ends_at, starts[1:], strict=False)]
        for position, element in enumerate(value.elts):
            read = {self._renamed.get(n.id, n.id) for n in walk(element) if isinstance(n, ast.Name)}
            if read & set(wanted[:position]) - {given[i] for i in range(position) if given[i] == wanted[i]}:
                return False
        if any(text != "," for text in between):
            return False
        first, after = (
            column(statement.lineno, statement.col_offset),
            column(statement.lineno, statement.end_col_offset or 0),
        )
        edges = [first, *starts, after]
        left = [position for position in range(len(wanted)) if given[position] != wanted[position]]
        parts = self.edits.parts.setdefault(statement.lineno, [])
        for position in range(len(wanted)):
            begin = edges[0] if position == 0 else ends_at[position - 1]
            if position not in left:
                parts[:] = [part for part in parts if not starts[position] <= part[0] < ends_at[position]]
                parts.append((begin, ends_at[position], ""))
                continue
            newline = "" if position == left[0] else "\n"
            parts.append((begin, starts[position], f"{newline}{wanted[position]} = "))
        if ends_at[-1] < after:
            parts.append((ends_at[-1], after, ""))
        return True

    def _keyword(self, statement: ast.Return, text: str) -> None:
        """Writes something else for `return `."""
        assert statement.value is not None
        start = self.source.column(statement.lineno, statement.col_offset)
        after = self.source.lines[statement.lineno - 1][start + len("return") :]
        length = len("return") + len(after) - len(after.lstrip())
        self.edits.parts.setdefault(statement.lineno, []).append((start, start + length, text))

    def _drop(self, statement: ast.Return, *, alone: bool) -> None:
        assert statement.end_lineno is not None
        if alone and statement not in self.taken:
            self.edits.put(self.source, statement, "pass")
            return
        self.edits.removed |= set(range(statement.lineno, statement.end_lineno + 1))


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a body but its docstring."""
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def returns(statement: ast.AST) -> bool:
    """Whether a statement may return from the function it stands in."""
    if isinstance(statement, ast.Return):
        return True
    if isinstance(statement, _FUNCTIONS):
        return False
    return any(returns(child) for child in children(statement))


def ends(statements: Sequence[ast.stmt]) -> bool:
    """Whether a block is never left at its end."""
    match statements:
        case [*_, ast.Return() | ast.Raise()]:
            return True
        case [*_, ast.If(body=body, orelse=orelse)]:
            return ends(body) and ends(orelse)
        case [*_, ast.With(body=body)]:
            return ends(body)
    return False


def refuse_unusual(function: ast.FunctionDef, *, decorators: Collection[str] = ()) -> None:
    """Refuses functions whose statements would mean something else at the call.

    Raises:
        Unprovable: With what is unusual.
    """
    name = function.name
    for decorator in function.decorator_list:
        if ast.unparse(decorator) not in decorators:
            raise Unprovable(CONTROL_FLOW, f"{name} has the decorator {ast.unparse(decorator)}", function)
    arguments = function.args
    if arguments.vararg or arguments.kwarg:
        raise Unprovable(CONTROL_FLOW, f"{name} takes any number of arguments", function)
    for node in walk(function):
        match node:
            case ast.Yield() | ast.YieldFrom() | ast.Await():
                raise Unprovable(CONTROL_FLOW, f"{name} is a generator", node)
            case ast.Global() | ast.Nonlocal():
                raise Unprovable(CONTROL_FLOW, f"{name} sets names of the module", node)
            case ast.NamedExpr():
                raise Unprovable(CONTROL_FLOW, f"{name} binds names in an unusual way", node)
            case ast.Call(
                func=ast.Name(id="locals" | "globals" | "vars" | "eval" | "exec" | "setattr" | "dir" as used)
            ):
                raise Unprovable(CONTROL_FLOW, f"{name} calls {used}()", node)


def parameter_names(function: ast.FunctionDef) -> list[str]:
    """The names of a function's parameters."""
    return [argument.arg for argument in parameters(function.args)]


def string_lines(around: ast.AST) -> set[int]:
    """Lines that start inside a string."""
    found: set[int] = set()
    for node in walk(around):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))):
            found |= set(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    return found


def _stripped(text: str, indent: str, least: str = "") -> str:
    if text.startswith(indent):
        return text[len(indent) :]
    return text.lstrip() if not least or not text.startswith(least) else text[len(least) :].lstrip()


def _moved(text: str, indent: str, level: str) -> str:
    return level + _stripped(text, indent)


def _harmless(value: ast.expr) -> bool:
    """Names and constants, which do nothing when they are evaluated."""
    return all(
        isinstance(node, (ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Attribute, ast.expr_context))
        for node in walk(value)
    )
