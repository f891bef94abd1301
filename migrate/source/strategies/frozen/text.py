"""The text of an expression in which some parts get a new text."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.source.view import ModuleView


def spliced(node: ast.expr, texts: Mapping[ast.expr, str], view: ModuleView) -> str:
    """The text of an expression with the new texts of its parts, and TF2's names in all others.

    Args:
        node: The expression.
        texts: Parts of the module -> new text.
        view: The module.
    """
    if node in texts:
        return texts[node]
    parts = _outermost(node, texts)
    if not parts:
        return view.text_of(node)
    texts = {**texts, **_other_names(node, texts, view)}
    parts = _outermost(node, texts)
    data = view.source_of(node).encode()
    starts = _line_starts(data)
    for part in sorted(parts, key=lambda p: (p.lineno, p.col_offset), reverse=True):
        begin = _offset(part.lineno, part.col_offset, node, starts)
        end = _offset(part.end_lineno or part.lineno, part.end_col_offset or 0, node, starts)
        data = data[:begin] + texts[part].encode() + data[end:]
    return data.decode()


def _outermost(node: ast.AST, texts: Mapping[ast.expr, str]) -> list[ast.expr]:
    found: list[ast.expr] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and child in texts:
            found.append(child)
        else:
            found += _outermost(child, texts)
    return found


def _other_names(node: ast.AST, texts: Mapping[ast.expr, str], view: ModuleView) -> dict[ast.expr, str]:
    """The parts of an expression beside those with new texts that TF2 spells in another way."""
    found: dict[ast.expr, str] = {}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and child in texts:
            continue
        if not isinstance(child, ast.expr) or _outermost(child, texts):
            found |= _other_names(child, texts, view)
            continue
        text = view.text_of(child) if isinstance(getattr(child, "ctx", ast.Load()), ast.Load) else None
        if text is not None and text != view.source_of(child):
            found[child] = text
    return found


def _line_starts(data: bytes) -> list[int]:
    starts = [0]
    for line in data.split(b"\n")[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _offset(line: int, column: int, node: ast.expr, starts: list[int]) -> int:
    row = line - node.lineno
    return starts[row] + (column - node.col_offset if row == 0 else column)
