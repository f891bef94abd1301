"""The `with` that makes the graph of an export one of its own."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence

from migrate.source.strategies.wrapping.place import DEFINITIONS, Place
from migrate.source.unprovable import CONTROL_FLOW, Unprovable
from migrate.source.view import ModuleView


def in_graph(place: Place, view: ModuleView) -> str:
    """The text of a module with the statements of a place in `with tf.Graph().as_default():`.

    Raises:
        Unprovable: They cannot be moved as they are.
    """
    block = view.parents[place.first]
    siblings: list[ast.stmt] = getattr(block, "body", [])
    for statement in siblings[siblings.index(place.first) : siblings.index(place.last) + 1]:
        if isinstance(block, ast.Module) and isinstance(statement, DEFINITIONS):
            raise Unprovable(CONTROL_FLOW, "definitions or imports stand between the graph and its export", statement)
    return enclosed([(place.first, place.last, f"with {view.tf}.Graph().as_default():")], view)


def enclosed(pieces: Sequence[tuple[ast.stmt, ast.stmt, str]], view: ModuleView) -> str:
    """The text of a module with some of its statements in `with` blocks.

    Args:
        pieces: The first and the last statement of each block, and what opens it: lines of which the last is a header.
        view: The module.

    Raises:
        Unprovable: They cannot be moved as they are.
    """
    if view.tensorflow.add and not all(_imported_before(first, view) for first, _, _ in pieces):
        raise Unprovable(CONTROL_FLOW, "the file has no name for TensorFlow as a whole", pieces[0][0])
    lines = view.text.splitlines(keepends=True)
    unit, kept = _unit(view), _inside_strings(view.text)
    for first, last, opening in sorted(pieces, key=lambda piece: -piece[0].lineno):
        start, end = first.lineno, last.end_lineno or last.lineno
        head = lines[start - 1]
        indent = head[: len(head) - len(head.lstrip())]
        if len(indent.encode()) != first.col_offset:
            raise Unprovable(CONTROL_FLOW, "several statements share a line", first)
        newline = "\r\n" if head.endswith("\r\n") else "\n"
        moved = [
            line if number in kept or not line.strip() else unit + line
            for number, line in enumerate(lines[start - 1 : end], start)
        ]
        lines[start - 1 : end] = [f"{indent}{line}{newline}" for line in opening.split("\n")] + moved
    return "".join(lines)


def _imported_before(statement: ast.stmt, view: ModuleView) -> bool:
    """Whether the function around a statement imports TensorFlow as a whole, before it."""
    block = getattr(view.parents[statement], "body", [])
    for one in block[: block.index(statement)] if statement in block else ():
        match one:
            case ast.Import(names=[ast.alias(name="tensorflow", asname=name)]) if (name or "tensorflow") == view.tf:
                return True
    return False


def _unit(view: ModuleView) -> str:
    """What the file indents a block by."""
    lines = view.text.splitlines()
    for node in view.parents:
        body = getattr(node, "body", None)
        if isinstance(node, ast.stmt) and isinstance(body, list) and body and body[0].lineno > node.lineno:
            line = lines[body[0].lineno - 1]
            return line[node.col_offset : body[0].col_offset] or "    "
    return "    "


def _inside_strings(text: str) -> set[int]:
    """The lines that begin inside of a string."""
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            found |= set(range(token.start[0] + 1, token.end[0] + 1))
    return found
