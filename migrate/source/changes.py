"""Edits of a module as new text for nodes of its syntax tree; what every strategy but `native` plans."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Changes:
    r"""What happens to which part of a module; everything else stays byte for byte.

    New text is written with `\t` for a level of indentation below the statement's own, and `\v` for the indentation
    of a continued line; the emitter turns them into what the file uses. Texts of old expressions come from
    `ModuleView.text_of`, which gives them the names they need in the new code.

    Attributes:
        statements: A statement -> the statements in its place, without its body if it has one; none removes it. A text
            that ends with a colon is the new header of a statement whose body stays.
            The comments above it stay, unless it is removed.
        expressions: An expression -> its new text.
        unwrapped: `with` statements (and the like) of which only the body stays, in their place.
        above: A statement -> statements put in front of it. Definitions at the top level get their blank lines.
        imports: Lines such as `from migrate import bridge`; one that is there already is not added again.
        arguments: A call -> arguments that it gets beside its own, such as `reset_after=False`.
        commented: Statements that are removed whose comments stay, since they are about what follows.
        whole: The whole new text instead, where a plan is written for the text with helpers read at their calls.
    """

    statements: dict[ast.stmt, tuple[str, ...]] = field(default_factory=dict)
    expressions: dict[ast.expr, str] = field(default_factory=dict)
    unwrapped: set[ast.stmt] = field(default_factory=set)
    above: dict[ast.stmt, tuple[str, ...]] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    whole: str | None = None
    arguments: dict[ast.Call, tuple[str, ...]] = field(default_factory=dict)
    commented: set[ast.stmt] = field(default_factory=set)

    def nodes(self) -> set[ast.AST]:
        """Every node that changes."""
        return {*self.statements, *self.expressions, *self.arguments, *self.unwrapped, *self.above}


def is_header(texts: tuple[str, ...]) -> bool:
    """Whether what stands for a statement is a header for its body."""
    return len(texts) == 1 and texts[0].endswith(":")


def merged(several: Iterable[Changes]) -> Changes:
    """Several changes as one; where two put something in front of the same statement, in their order.

    A definition or a switch that several of them put at the top level stands there once, in front of the first statement.
    """
    result = Changes()
    for changes in several:
        result.statements |= changes.statements
        result.expressions |= changes.expressions
        result.arguments |= changes.arguments
        result.unwrapped |= changes.unwrapped
        result.commented |= changes.commented
        for node, texts in changes.above.items():
            result.above[node] = (*result.above.get(node, ()), *texts)
        result.imports = (*result.imports, *changes.imports)
    defined: set[str] = set()
    for node in sorted((node for node in result.above if node.col_offset == 0), key=lambda node: node.lineno):
        kept: list[str] = []
        for text in result.above[node]:
            if text in defined:
                continue
            if text.startswith(("def ", "class ", "@")) or text.endswith(".compat.v1.disable_v2_tensorshape()"):
                defined.add(text)
            kept.append(text)
        if kept:
            result.above[node] = tuple(kept)
        else:
            del result.above[node]
    return result
