"""Python expressions, laid out as `ruff format` lays them out: on one line, else its brackets opened up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 88
"""The line length of ruff and black where nobody sets another."""
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Atom:
    """Text that is never broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Items in brackets.

    Attributes:
        before: What stands before the bracket: a function's name, or nothing.
        brackets: The two.
        items: A prefix (`name=`, or `key: `, or nothing) and an expression each.
        is_call: Whether all arguments may share a line of their own, as those of calls do.
    """

    before: str
    brackets: str
    items: tuple[tuple[str, Expression], ...]
    is_call: bool = False


Expression = Atom | Group


def call(function: str, *arguments: Expression | str, **keywords: Expression | str) -> Group:
    """A call."""
    items = [("", _expression(argument)) for argument in arguments]
    items += [(f"{name}=", _expression(value)) for name, value in keywords.items()]
    return Group(function, "()", tuple(items), is_call=True)


def array(items: Sequence[Expression | str]) -> Group:
    """A list."""
    return Group("", "[]", tuple(("", _expression(item)) for item in items))


def pair(first: Expression | str, second: Expression | str) -> Group:
    """A tuple of two."""
    return Group("", "()", (("", _expression(first)), ("", _expression(second))))


def indices(items: Sequence[str]) -> Expression:
    """What indexes an array: a tuple, or its only item."""
    return Atom(items[0]) if len(items) == 1 else Group("", "()", tuple(("", Atom(item)) for item in items))


def mapping(items: Sequence[tuple[str, Expression | str]], rest: str = "") -> Group:
    """A dict.

    Args:
        items: Its keys, which are code already, and values.
        rest: Another dict to begin with.
    """
    begin = [("**", Atom(rest))] if rest else []
    return Group("", "{}", (*begin, *((f"{key}: ", _expression(value)) for key, value in items)))


def statement(before: str, expression: Expression | str, indent: int, after: str = "") -> str:
    """A statement that ends with an expression: `before` stands before it, `after` behind it.

    Args:
        before: For instance `x = ` or `return `.
        expression: The expression.
        indent: How many levels it is indented.
        after: For instance a comma.

    Returns:
        Its lines, without the newline at the end.
    """
    value = _expression(expression)
    space = _INDENT * indent
    lines = _lines(before, value, space, after)
    if (
        before.endswith(" = ")
        and len(lines[0]) > WIDTH
        and len(f"{space}{before}(") <= WIDTH
        and isinstance(value, Group)
    ):
        # A long target leaves no room for the function's name: the value gets parentheses.
        lines = [f"{space}{before}(", *_lines("", value, space + _INDENT, ""), f"{space})"]
    return "\n".join(lines)


def _expression(value: Expression | str) -> Expression:
    return Atom(value) if isinstance(value, str) else value


def _lines(before: str, expression: Expression, indent: str, after: str) -> list[str]:
    flat = f"{indent}{before}{_flat(expression)}{after}"
    if len(flat) <= WIDTH or isinstance(expression, Atom) or not expression.items:
        return [flat]
    opening, closing = expression.brackets[0], expression.brackets[1]
    inner = indent + _INDENT
    lines = [f"{indent}{before}{expression.before}{opening}"]
    shared = inner + ", ".join(prefix + _flat(item) for prefix, item in expression.items)
    if expression.is_call and len(shared) <= WIDTH:
        lines.append(shared)
    else:
        for prefix, item in expression.items:
            lines.extend(_lines(prefix, item, inner, ","))
    return [*lines, f"{indent}{closing}{after}"]


def _flat(expression: Expression) -> str:
    if isinstance(expression, Atom):
        return expression.text
    opening, closing = expression.brackets[0], expression.brackets[1]
    items = ", ".join(prefix + _flat(item) for prefix, item in expression.items)
    return f"{expression.before}{opening}{items}{closing}"
