"""Imports inside of functions that the module's head has, too, since a rewrite."""

from __future__ import annotations

import ast

_BLOCKS = (ast.FunctionDef, ast.If)


def without_local(code: str, before: str, name: str) -> str:
    """The text of a module without `import tensorflow as tf` in functions and tests, where its head has got the same.

    What is as it was keeps its own.

    Args:
        code: The text after the rewrite, which added the import.
        before: The text before it.
        name: The name that it gives TensorFlow.
    """
    known = {_text(before, node) for node in ast.walk(ast.parse(before)) if isinstance(node, _BLOCKS)}
    lines = code.splitlines(keepends=True)
    gone: set[int] = set()
    for function in ast.walk(ast.parse(code)):
        if isinstance(function, _BLOCKS) and _text(code, function) not in known:
            for holder in ast.walk(function):
                block = getattr(holder, "body", None)
                if isinstance(block, list) and len(block) > 1:
                    gone.update(one.lineno for one in block if _is_import(one, name) and _alone(one, lines))
    return "".join(line for number, line in enumerate(lines, 1) if number not in gone)


def _text(code: str, node: ast.FunctionDef | ast.If) -> str | None:
    return ast.get_source_segment(code, node)


def _is_import(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Import(names=[ast.alias(name="tensorflow", asname=alias)]):
            return (alias or "tensorflow") == name
    return False


def _alone(node: ast.stmt, lines: list[str]) -> bool:
    """Whether a statement has a line to itself, without a comment."""
    return node.lineno == node.end_lineno and lines[node.lineno - 1].strip() == ast.unparse(node)
